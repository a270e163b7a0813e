-- Numbers for operators beyond those of the snapshot.
-- RETURNS:
--   unused_admissions
--   ended_by_payment
--   ended_by_expiry
--   ended_by_revoke
--   ended_by_leave
--   waits_ms           the last times in queue
local kept = redis.call('HMGET', META, 'no_shows', 'ended_by_payment', 'ended_by_expiry',
  'ended_by_revoke', 'ended_by_leave')
return reply{
  unused_admissions = kept[1] or 0,
  ended_by_payment = kept[2] or 0,
  ended_by_expiry = kept[3] or 0,
  ended_by_revoke = kept[4] or 0,
  ended_by_leave = kept[5] or 0,
  waits_ms = redis.call('LRANGE', WAITS, 0, -1),
}
