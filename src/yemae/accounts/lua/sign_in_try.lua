-- Counts one try to sign in, before the password is looked at, unless there were too many. A network
-- that the owner of an account has signed in from has its own few tries for it, whatever others do.
-- KEYS:
--   pair      tries of this network at this account
--   network   tries of this network at any account
--   account   tries of all networks at this account
--   known     the note that the owner has signed in from this network
-- ARGUMENTS:
--   most.at_account
--   most.of_network
--   most.of_all
-- Returns the seconds to wait; 0: the try was counted.
local MINUTE_S = 60
local counters = {{PAIR, most.at_account}}
if redis.call('EXISTS', KNOWN) == 0 then
  counters = {{PAIR, most.at_account}, {NETWORK, most.of_network}, {ACCOUNT, most.of_all}}
end
for _, counter in ipairs(counters) do
  if tonumber(redis.call('GET', counter[1]) or 0) >= counter[2] then
    return math.max(1, redis.call('TTL', counter[1]))
  end
end
for _, counter in ipairs(counters) do
  redis.call('INCR', counter[1])
  redis.call('EXPIRE', counter[1], MINUTE_S, 'NX')
end
return 0
