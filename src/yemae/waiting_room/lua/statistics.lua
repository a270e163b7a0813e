-- What an operator wants to know beyond the snapshot.
-- ARGV: offset
-- Returns: no-shows, passes ended by payment, expiry, revoke and leave, and a list of the last times
--   in queue in ms
local counters = redis.call('HMGET', META, 'no_shows', 'ended_by_payment', 'ended_by_expiry',
  'ended_by_revoke', 'ended_by_leave')
for i = 1, 5 do counters[i] = counters[i] or 0 end
counters[6] = redis.call('LRANGE', WAITS, 0, -1)
return counters
