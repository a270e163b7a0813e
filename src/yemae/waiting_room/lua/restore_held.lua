-- Lets fans back in who have seats held, whatever the limit: PostgreSQL knows them after a loss.
-- When such a pass would end by itself only its token says, which may come after the hold's end: it
-- gets the latest time that this can be.
-- ARGV: offset, a MessagePack array with, for each: user, number, end of the hold in ms (as text),
--   entry_ttl_s
-- Returns: how many are inside again who were not
local held, ttl_ms, restored = cmsgpack.unpack(ARGV[2]), tonumber(ARGV[3]) * 1000, 0
for i = 1, #held, 3 do
  local user, number, ends_at = held[i], held[i + 1], held[i + 2]
  local pass = live_pass(user)
  local is_other = pass and pass ~= number and pass ~= UNKNOWN
  if not is_other and not is_over(user, number) and tonumber(ends_at) > now then
    if not redis.call('ZSCORE', ACTIVE, user) then
      local own_end = redis.call('HGET', OWN_ENDS, user) or whole(now + ttl_ms)
      if tonumber(ends_at) > tonumber(own_end) then redis.call('HSET', OWN_ENDS, user, own_end) end
      redis.call('ZADD', ACTIVE, own_end, user)
    end
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
