-- Adds one to a counter that expires some time after its first count.
-- KEYS:
--   counter
-- ARGUMENTS:
--   ttl_s
-- Returns the count.
local count = redis.call('INCR', COUNTER)
redis.call('EXPIRE', COUNTER, ttl_s, 'NX')
return count
