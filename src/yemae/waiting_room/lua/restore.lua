-- Puts places back that the store has lost, at the numbers that their signed tokens carry; a fan
-- who has joined anew since moves up to the older number, and one who is still inside stays there.
-- ARGV: offset, the pace (4), then for each: user, number, lane
-- Returns: nothing of interest; the caller asks for the place again.
local pace = pace_at(2)
-- The line itself is lost: its counts are of places that are not there, and have to be made anew,
-- also when all of its fans are back before the next tick.
if redis.call('ZCARD', LINE) < redis.call('ZCARD', SEEN) then redis.call('HDEL', BLOCKS, STAMP) end
for i = 6, #ARGV, 3 do
  local user, number, lane = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  if not is_over(user, number) and redis.call('HEXISTS', PASSES, user) == 0 then
    if tonumber(redis.call('ZSCORE', ACTIVE, user) or 0) > now then
      adopt(user, whole(number))
    else
      local score = lane * LANE + number
      forget(user)
      enter(user, score)
      note(user, ahead_of(score), pace)
    end
  end
end
keep()
return 'restored'
