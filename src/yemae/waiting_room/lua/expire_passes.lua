-- Ends passes whose time is over, at most ARGV[2] of them, the oldest first.
-- ARGV: offset, step
-- Returns: how many were ended
local users = redis.call('ZRANGE', ACTIVE, '-inf', now, 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, user in ipairs(users) do
  local number = redis.call('HGET', PASSES, user)
  if number then end_pass(user, number, 'expiry') else redis.call('ZREM', ACTIVE, user) end
end
return #users
