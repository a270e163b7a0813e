-- The numbers of a concert's queue, the same for everybody.
-- ARGV: offset
-- Returns: waiting, absent, active, admitted since the start, admitted in the last whole minute
--   and in this one, seconds of this minute that have passed
local minute = math.floor(now / 60000)
local counted = tonumber(redis.call('HGET', META, 'minute') or minute)
local this, last = redis.call('HGET', META, 'this_minute'), redis.call('HGET', META, 'last_minute')
if counted < minute then
  last = counted == minute - 1 and this or 0
  this = 0
end
return {
  redis.call('ZCARD', LINE), redis.call('ZCARD', ABSENT),
  redis.call('ZCOUNT', ACTIVE, '(' .. whole(now), '+inf'),
  tonumber(redis.call('HGET', META, 'admitted') or 0),
  tonumber(last or 0), tonumber(this or 0), math.floor(now / 1000) % 60,
}
