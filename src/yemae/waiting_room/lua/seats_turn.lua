-- Whose turn it is to count the seats: one caller gets it in each interval. Where nobody waits and
-- nobody is inside, they are counted once more, since the last fan may have bought the last seats, and
-- then seldom.
-- ARGV: offset, interval_ms, interval_at_rest_ms
-- Returns: 1 when it is the caller's turn, 0 when not
local at_rest = redis.call('ZCARD', LINE) + redis.call('ZCARD', ACTIVE) == 0
local kept = redis.call('HMGET', META, 'seats_turn_at', 'seats_at_rest')
local interval = tonumber(at_rest and kept[2] and ARGV[3] or ARGV[2])
local taken_at = tonumber(kept[1] or 0)
if now - taken_at < interval and taken_at <= now then return 0 end
redis.call('HSET', META, 'seats_turn_at', whole(now))
if at_rest then
  redis.call('HSET', META, 'seats_at_rest', 1)
else
  redis.call('HDEL', META, 'seats_at_rest')
end
return 1
