-- Adds one to a counter that disappears some time after its first count.
-- KEYS: the counter
-- ARGV: offset, seconds
-- Returns: the count
local count = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[2], 'NX')
return count
