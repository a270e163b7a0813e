-- The counts of all processes.
-- KEYS:
--   tallies  a hash: name → count
-- RETURNS FOR EACH:
--   name
--   number
local kept = redis.call('HGETALL', TALLIES)
for i = 1, #kept, 2 do add{name = kept[i], number = kept[i + 1]} end
return answer
