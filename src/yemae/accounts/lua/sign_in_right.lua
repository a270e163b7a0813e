-- Takes back what sign_in_try.lua counted, because the password was right, and remembers the network.
-- KEYS:
--   pair      tries of this network at this account
--   network   tries of this network at any account
--   account   tries of all networks at this account
--   known     the note that the owner has signed in from this network
-- ARGUMENTS:
--   remembered_s  for how long the network is remembered
-- Returns nothing.
redis.call('DEL', PAIR)
-- From a known network the other two were not counted: otherwise signing in to an account of one's own
-- would take back what was counted for guesses at others.
if redis.call('EXISTS', KNOWN) == 0 then
  for _, key in ipairs({NETWORK, ACCOUNT}) do
    if tonumber(redis.call('GET', key) or 0) > 0 then redis.call('DECR', key) end
  end
end
redis.call('SET', KNOWN, 1, 'EX', remembered_s)
