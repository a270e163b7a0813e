-- Lets fans back in who have seats held, whatever the limit: PostgreSQL knows them after a loss.
-- ARGV: offset, a MessagePack array with, for each: user, number, end of the hold in ms (as text)
-- Returns: how many are inside again who were not
local held, restored = cmsgpack.unpack(ARGV[2]), 0
for i = 1, #held, 3 do
  local user, number, ends_at = held[i], held[i + 1], held[i + 2]
  local pass = live_pass(user)
  local is_other = pass and pass ~= number and pass ~= UNKNOWN
  if not is_other and not is_over(user, number) and tonumber(ends_at) > now then
    redis.call('ZADD', ACTIVE, 'GT', ends_at, user)
    if pass ~= number then adopt(user, number) end
    if not pass then
      restored = restored + 1
      back_inside()
    end
  end
end
if #held > 0 then keep() end
return restored
