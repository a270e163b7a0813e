-- Counts one try to sign in, before the password is looked at, unless there were too many. A network
-- that the owner of an account has signed in from has its own few tries for it, whatever others do.
-- KEYS: tries of this network at this account, of this network at any account, of all networks at
--   this account, the note that the owner has signed in from this network
-- ARGV: offset, the most of each of the three
-- Returns: 0, or the seconds to wait
local MINUTE_S = 60
local is_known = redis.call('EXISTS', KEYS[4]) == 1
local counted = is_known and 1 or 3
for i = 1, counted do
  if tonumber(redis.call('GET', KEYS[i]) or 0) >= tonumber(ARGV[1 + i]) then
    return math.max(1, redis.call('TTL', KEYS[i]))
  end
end
for i = 1, counted do
  redis.call('INCR', KEYS[i])
  redis.call('EXPIRE', KEYS[i], MINUTE_S, 'NX')
end
return 0
