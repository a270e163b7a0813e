-- Ends passes for good, with every older place of the same user: they were used for a payment.
-- FOR EACH:
--   user
--   number  as text; of two of one user the higher one comes last
-- Returns the number of passes that were still open.
local users, numbers = columns(each)
if #users == 0 then return 0 end
local kept = redis.call('HMGET', PASSES, unpack(users))
local over = redis.call('HMGET', ENDED, unpack(users))
local waiting = redis.call('ZMSCORE', LINE, unpack(users))
local absent = redis.call('ZMSCORE', ABSENT, unpack(users))
local open, last = {}, {}
for i, user in ipairs(users) do
  local number = tonumber(numbers[i])
  local is_over = over[i] and tonumber(over[i]) >= number
  if kept[i] and tonumber(kept[i]) <= number then  -- UNKNOWN is less than any.
    open[#open + 1] = user
  elseif not is_over then
    back_inside()  -- Used while the store did not know of it.
  end
  if not is_over then last[#last + 1], last[#last + 2] = user, numbers[i] end
  -- A place that was restored from an old token while the payment went through.
  if waiting[i] and number_of(tonumber(waiting[i])) <= number then quit(user) end
  if absent[i] and number_of(tonumber(absent[i])) <= number then forget(user) end
end
if #last > 0 then redis.call('HSET', ENDED, unpack(last)) end
if #open == 0 then return 0 end
redis.call('ZREM', ACTIVE, unpack(open))
redis.call('HDEL', OWN_ENDS, unpack(open))
redis.call('SREM', UNUSED, unpack(open))
local ended = redis.call('HDEL', PASSES, unpack(open))
redis.call('HINCRBY', META, 'ended_by_payment', ended)
return ended
