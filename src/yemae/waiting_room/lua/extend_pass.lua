-- Keeps passes open at least until a given time; one that is over stays over. The end that a pass
-- has of its own is remembered, so that holding again cannot make it last for ever.
-- ARGV: offset, a MessagePack array with, for each pass: user, number, new end in ms (as text)
-- Returns: how many were extended
local passes, extended = cmsgpack.unpack(ARGV[2]), 0
for i = 1, #passes, 3 do
  local user, number, ends_at = passes[i], passes[i + 1], passes[i + 2]
  local pass, own_end = live_pass(user)
  if pass == UNKNOWN and not is_over(user, number) then
    adopt(user, number)
    pass = number
  end
  if pass == number then
    if own_end and tonumber(ends_at) > tonumber(own_end) then
      redis.call('HSETNX', OWN_ENDS, user, own_end)
    end
    redis.call('ZADD', ACTIVE, 'GT', ends_at, user)
    extended = extended + 1
  end
end
return extended
