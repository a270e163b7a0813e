-- Whose turn it is to count the seats: one process gets it in each interval. While the queue is empty,
-- waiting and admitted, seats are counted once more, because the last fan may have bought the last
-- seats, and then at the longer interval.
-- ARGUMENTS:
--   interval_ms
--   at_rest_ms   the interval of an empty queue
-- Returns 'yours' | 'taken'.
local at_rest = redis.call('ZCARD', LINE) + redis.call('ZCARD', ACTIVE) == 0
local kept = redis.call('HMGET', META, 'seats_turn_at', 'seats_at_rest')
local interval = at_rest and kept[2] and at_rest_ms or interval_ms
local taken_at = tonumber(kept[1] or 0)
if now - taken_at < interval and taken_at <= now then return 'taken' end
redis.call('HSET', META, 'seats_turn_at', whole(now))
if at_rest then
  redis.call('HSET', META, 'seats_at_rest', 1)
else
  redis.call('HDEL', META, 'seats_at_rest')
end
return 'yours'
