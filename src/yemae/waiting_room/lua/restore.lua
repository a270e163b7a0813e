-- Puts places back that the store has lost, at the numbers that their signed tokens carry. A fan who
-- has joined again since then moves up to the older number; an admitted fan stays admitted.
-- ARGUMENTS:
--   pace.absent_after_ms
--   pace.at_front_ms
--   pace.per_place_ms
--   pace.longest_ms
--   pace.absent_intervals
-- FOR EACH:
--   user
--   number
--   lane
-- Returns nothing.

-- The line itself is lost: its counts are of places that are not there, and are recounted, also when
-- all of its fans are back before the next tick.
if redis.call('ZCARD', LINE) < redis.call('ZCARD', SEEN) then redis.call('HDEL', BLOCKS, STAMP) end
for user, number, lane in each() do
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
