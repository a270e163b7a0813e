-- Ends passes for good, with every older place of the same user: they were used for a payment.
-- FOR EACH:
--   user
--   number  as text
-- Returns the number of passes that were still open.
local ended = 0
for user, number in each() do
  local pass = redis.call('HGET', PASSES, user)
  if pass and tonumber(pass) <= tonumber(number) then  -- UNKNOWN is less than any.
    end_pass(user, number, 'payment')
    ended = ended + 1
  elseif not is_over(user, number) then
    back_inside()  -- Used while the store did not know of it.
  end
  finish(user, number)
  -- A place that was restored from an old token while the payment went through.
  local waiting = redis.call('ZSCORE', LINE, user)
  if waiting and number_of(tonumber(waiting)) <= tonumber(number) then quit(user) end
  waiting = redis.call('ZSCORE', ABSENT, user)
  if waiting and number_of(tonumber(waiting)) <= tonumber(number) then forget(user) end
end
return ended
