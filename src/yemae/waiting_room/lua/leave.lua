-- The fan gives the place up, waiting or inside.
-- ARGV: offset, user, number
-- Returns: 'left' | 'ended' (it was over already)
local user, number = ARGV[2], ARGV[3]
if is_over(user, number) then return 'ended' end
local waited = quit(user) or forget(user)
local pass = redis.call('HGET', PASSES, user)
if pass then
  end_pass(user, pass, 'leave')
elseif not waited then
  back_inside()  -- Left before the store heard of them again.
end
finish(user, number)
return 'left'
