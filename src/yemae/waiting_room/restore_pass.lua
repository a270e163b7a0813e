-- Lets somebody back in whose pass the store has lost, as long as there is room.
-- ARGV: offset, user, number, end of the pass in ms, active_limit
-- Returns: 'open' | 'ended' (no room: their queue token takes them to the front of the line)
local user, number, ends_at, limit = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local over = redis.call('HGET', ENDED, user)
if over and tonumber(over) >= tonumber(number) then return 'ended' end
if live_pass(user) == number then return 'open' end
if tonumber(ends_at) <= now or redis.call('ZCARD', ACTIVE) >= limit then return 'ended' end
redis.call('ZADD', ACTIVE, ends_at, user)
redis.call('HSET', PASSES, user, number)
return 'open'
