-- Opens the passes of fans who hold seats, whatever the limit: PostgreSQL knows them after a loss. The
-- own end of such a pass is only in its token, which may arrive after the hold's end, so the pass
-- gets the latest own end that is possible.
-- ARGUMENTS:
--   entry_ttl_s
-- FOR EACH:
--   user
--   number      as text
--   ends_at_ms  the end of the hold
-- Returns the number of fans who are admitted now and were not before.
local restored = 0
for user, number, ends_at_ms in each() do
  local pass = live_pass(user)
  local is_other = pass and pass ~= number and pass ~= UNKNOWN
  local is_ended = is_over(user, number) or is_reopened(user, number)
  if not is_other and not is_ended and ends_at_ms > now then
    if not redis.call('ZSCORE', ACTIVE, user) then
      local own_end = redis.call('HGET', OWN_ENDS, user) or whole(now + entry_ttl_s * 1000)
      if ends_at_ms > tonumber(own_end) then redis.call('HSET', OWN_ENDS, user, own_end) end
      redis.call('ZADD', ACTIVE, own_end, user)
    end
    redis.call('ZADD', ACTIVE, 'GT', whole(ends_at_ms), user)
    if pass ~= number then adopt(user, number) end
    if not pass then
      restored = restored + 1
      back_inside()
    end
  end
end
keep()
return restored
