-- Ends passes for good: they were used for a payment.
-- ARGV: offset, then for each pass: user, number
-- Returns: how many were still open
local ended = 0
for i = 2, #ARGV, 2 do
  local user, number = ARGV[i], ARGV[i + 1]
  if redis.call('HGET', PASSES, user) == number then
    end_pass(user, number)
    ended = ended + 1
  end
  finish(user, number)
  -- A place that was restored from an old token while the payment went through.
  for _, set in ipairs({LINE, ABSENT}) do
    local waiting = redis.call('ZSCORE', set, user)
    if waiting and tonumber(waiting) <= tonumber(number) then
      redis.call('ZREM', set, user)
      redis.call('ZREM', SEEN, user)
    end
  end
end
return ended
