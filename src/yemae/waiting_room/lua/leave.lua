-- Ends a place at the fan's wish, waiting or admitted.
-- ARGUMENTS:
--   user
--   number  as text
-- Returns nothing.
if is_over(user, number) then return end
local waited = quit(user) or forget(user)
local pass = redis.call('HGET', PASSES, user)
if pass then
  end_pass(user, pass, 'leave')
elseif not waited then
  back_inside()  -- The fan left before the store knew of them again.
end
finish(user, number)
