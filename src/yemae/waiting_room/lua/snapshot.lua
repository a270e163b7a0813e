-- The numbers of a concert's queue at one moment, the same for everybody.
-- ARGV: offset, how many lanes
-- Returns: time in ms, waiting, absent, active, admitted and joined since the start, the time of the
--   first admission in ms (0: none yet), seats left and seats unsold as last counted (-1: not yet),
--   the block that numbers are given out from (-1: none), a list of field and count of the rates, a list of block and count of the blocks, and for each
--   lane a list of: waiting, number of the first in line (-1: nobody), highest number let in (-1)
local lanes = {}
for lane = 0, tonumber(ARGV[2]) - 1 do
  local low, high = whole(lane * LANE), '(' .. whole((lane + 1) * LANE)
  local first = redis.call('ZRANGE', LINE, low, high, 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  lanes[#lanes + 1] = {
    redis.call('ZCOUNT', LINE, low, high),
    first[2] and whole(number_of(tonumber(first[2]))) or -1,
    redis.call('HGET', META, 'serving_' .. lane) or -1,
  }
end
local counters = redis.call('HMGET', META, 'admitted', 'joined', 'first_admitted_at',
  'seats_left', 'seats_unsold', 'block')
return {
  whole(now), redis.call('ZCARD', LINE), redis.call('ZCARD', ABSENT),
  redis.call('ZCOUNT', ACTIVE, '(' .. whole(now), '+inf'),
  counters[1] or 0, counters[2] or 0, counters[3] or 0, counters[4] or -1, counters[5] or -1,
  counters[6] or -1,
  redis.call('HGETALL', RATES), redis.call('HGETALL', BLOCKS), lanes,
}
