-- Takes back what `sign_in_try` counted, because the password was right, and remembers the network.
-- KEYS: as of `sign_in_try`
-- ARGV: offset, for how many seconds the network is remembered
-- Returns: nothing
redis.call('DEL', KEYS[1])
-- From a network that was remembered, the other two were not counted: an account of one's own would
-- take back what was counted for guesses at others.
for i = 2, redis.call('EXISTS', KEYS[4]) == 1 and 1 or 3 do
  if tonumber(redis.call('GET', KEYS[i]) or 0) > 0 then redis.call('DECR', KEYS[i]) end
end
redis.call('SET', KEYS[4], 1, 'EX', ARGV[2])
