-- Takes back what `sign_in_try` counted, because the password was right, and remembers the network.
-- KEYS: as of `sign_in_try`
-- ARGV: offset, for how many seconds the network is remembered
-- Returns: nothing
redis.call('DEL', KEYS[1])
for i = 2, 3 do
  if tonumber(redis.call('GET', KEYS[i]) or 0) > 0 then redis.call('DECR', KEYS[i]) end
end
redis.call('SET', KEYS[4], 1, 'EX', ARGV[2])
