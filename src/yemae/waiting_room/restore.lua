-- Puts places back that the store has lost, at the numbers that their signed tokens carry; a fan
-- who has joined anew since moves up to the older number.
-- ARGV: offset, then for each: user, number
-- Returns: nothing of interest; the caller asks for the place again.
for i = 2, #ARGV, 2 do
  local user, number = ARGV[i], ARGV[i + 1]
  local over = redis.call('HGET', ENDED, user)
  if (not over or tonumber(over) < tonumber(number)) and redis.call('HEXISTS', PASSES, user) == 0 then
    redis.call('ZADD', LINE, number, user)
    redis.call('ZADD', SEEN, now, user)
  end
end
return 'restored'
