-- Puts places back that the store has lost, at the numbers that their signed tokens carry; a fan
-- who has joined anew since moves up to the older number.
-- ARGV: offset, the pace (4), then for each: user, number, lane
-- Returns: nothing of interest; the caller asks for the place again.
local pace = pace_at(2)
for i = 6, #ARGV, 3 do
  local user, number, lane = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  if not is_over(user, number) and redis.call('HEXISTS', PASSES, user) == 0 then
    local score = lane * LANE + number
    forget(user)
    enter(user, score)
    note(user, ahead_of(score), pace)
  end
end
keep()
return 'restored'
