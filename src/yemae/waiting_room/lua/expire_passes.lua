-- Ends expired passes, the oldest first.
-- ARGUMENTS:
--   step  the maximum number
-- Returns the number of passes that were ended.
local users = redis.call('ZRANGE', ACTIVE, '-inf', now, 'BYSCORE', 'LIMIT', 0, step)
for _, user in ipairs(users) do
  local number = redis.call('HGET', PASSES, user)
  if number then end_pass(user, number, 'expiry') else redis.call('ZREM', ACTIVE, user) end
end
return #users
