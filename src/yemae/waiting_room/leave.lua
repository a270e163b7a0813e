-- The fan gives the place up, waiting or inside.
-- ARGV: offset, user, number
-- Returns: 'left' | 'ended' (it was over already)
local user, number = ARGV[2], ARGV[3]
if is_over(user, number) then return 'ended' end
quit(user)
forget(user)
local pass = redis.call('HGET', PASSES, user)
if pass then end_pass(user, pass, 'leave') end
finish(user, number)
return 'left'
