-- The fan gives the place up, waiting or inside.
-- ARGV: offset, user, number
-- Returns: 'left' | 'ended' (it was over already)
local user, number = ARGV[2], ARGV[3]
local over = redis.call('HGET', ENDED, user)
if over and tonumber(over) >= tonumber(number) then return 'ended' end
redis.call('ZREM', LINE, user)
redis.call('ZREM', ABSENT, user)
redis.call('ZREM', SEEN, user)
end_pass(user, redis.call('HGET', PASSES, user) or number)
finish(user, number)
return 'left'
