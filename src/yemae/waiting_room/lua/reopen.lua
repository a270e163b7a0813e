-- Gives a user a place back that is over, at an operator's word. It is an absent fan's: at its number
-- again as soon as the fan is back, so that no fan is admitted who is not there.
-- ARGUMENTS:
--   user
--   number       of the place, as text: the last one of this user that is over
--   place_ttl_s  for how long it is kept for the fan
-- Returns 1; or 0 when the user has a place, when the last one that is over has another number, or
-- when its number is not known: that place would be in front of all others.
if number == UNKNOWN then return 0 end
if live_pass(user) or redis.call('ZSCORE', LINE, user) then return 0 end
local score = tonumber(redis.call('ZSCORE', ABSENT, user))
if score then
  if tonumber(redis.call('ZSCORE', GONE, user) or 0) > now then return 0 end
  forget(user)
  finish(user, whole(number_of(score)))
end
if redis.call('HGET', ENDED, user) ~= number then return 0 end
-- Places with a lower number stay over, and so does the pass of this one: the fan goes through the line.
redis.call('HSET', ENDED, user, string.format('%.1f', number - 0.5))
redis.call('ZADD', ABSENT, number, user)
redis.call('ZADD', GONE, whole(now + place_ttl_s * 1000), user)
keep()
return 1
