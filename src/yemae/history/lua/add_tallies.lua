-- Adds what a process has counted to the counts of all processes.
-- KEYS:
--   tallies  a hash: name → count; it disappears when nothing was added for `ttl_s`
-- ARGUMENTS:
--   ttl_s
-- FOR EACH:
--   name
--   number
-- Returns nothing.
for name, number in each() do redis.call('HINCRBY', TALLIES, name, number) end
redis.call('EXPIRE', TALLIES, ttl_s)
