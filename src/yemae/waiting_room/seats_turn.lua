-- Whose turn it is to count the seats: one caller gets it in each interval.
-- ARGV: offset, interval_ms
-- Returns: 1 when it is the caller's turn and somebody waits or is inside, 0 when not
if redis.call('ZCARD', LINE) + redis.call('ZCARD', ACTIVE) == 0 then return 0 end
local taken_at = tonumber(redis.call('HGET', META, 'seats_turn_at') or 0)
if now - taken_at < tonumber(ARGV[2]) and taken_at <= now then return 0 end
redis.call('HSET', META, 'seats_turn_at', whole(now))
return 1
