-- Keeps passes open at least until a given time; one that is over stays over.
-- ARGV: offset, a MessagePack array with, for each pass: user, number, new end in ms (as text)
-- Returns: how many were extended
local passes, extended = cmsgpack.unpack(ARGV[2]), 0
for i = 1, #passes, 3 do
  local user, number, ends_at = passes[i], passes[i + 1], passes[i + 2]
  local pass = live_pass(user)
  if pass == UNKNOWN and not is_over(user, number) then
    adopt(user, number)
    pass = number
  end
  if pass == number then
    redis.call('ZADD', ACTIVE, 'GT', ends_at, user)
    extended = extended + 1
  end
end
return extended
