-- The numbers of a concert's queue at one moment. blocks.lua has the counts of its blocks.
-- ARGUMENTS:
--   lanes  the number of lanes
-- RETURNS:
--   now_ms
--   waiting
--   absent
--   active
--   admitted              since the start
--   joined                since the start
--   first_admitted_at_ms  0: there was no admission yet
--   seats_left            as last counted; -1: not yet
--   seats_unsold          as last counted; -1: not yet
--   open_block            the block that numbers are given out from; -1: none
--   rates                 field and count, in turn
--   lanes                 for each: waiting, number of the first in line (-1: none), highest number
--     admitted (-1: none)
local of_lanes = {}
for lane = 0, lanes - 1 do
  local low, high = whole(lane * LANE), '(' .. whole((lane + 1) * LANE)
  local first = redis.call('ZRANGE', LINE, low, high, 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  of_lanes[#of_lanes + 1] = {
    redis.call('ZCOUNT', LINE, low, high),
    first[2] and whole(number_of(tonumber(first[2]))) or -1,
    redis.call('HGET', META, 'serving_' .. lane) or -1,
  }
end
local kept = redis.call('HMGET', META, 'admitted', 'joined', 'first_admitted_at', 'seats_left',
  'seats_unsold', 'block')
return reply{
  now_ms = whole(now),
  waiting = redis.call('ZCARD', LINE),
  absent = redis.call('ZCARD', ABSENT),
  active = redis.call('ZCOUNT', ACTIVE, '(' .. whole(now), '+inf'),
  admitted = kept[1] or 0,
  joined = kept[2] or 0,
  first_admitted_at_ms = kept[3] or 0,
  seats_left = kept[4] or -1,
  seats_unsold = kept[5] or -1,
  open_block = kept[6] or -1,
  rates = redis.call('HGETALL', RATES),
  lanes = of_lanes,
}
