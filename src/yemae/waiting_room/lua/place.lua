-- Where the fan of each token stands; asking marks the fan as present.
-- ARGUMENTS:
--   pace.absent_after_ms
--   pace.at_front_ms
--   pace.per_place_ms
--   pace.longest_ms
--   pace.absent_intervals
-- FOR EACH:
--   user
--   token    the number that it carries
-- RETURNS FOR EACH:
--   word     'waiting' | 'admitted' | 'ended': given up, used, expired, or absent for too long | 'lost':
--     the number is not known, so the store has lost its data
--   number
--   lane
--   value    'waiting': the fans ahead; 'admitted': the end of the pass in ms; else 0
--   waiting  'waiting': the fans in the lane; else 0
local function standing(user, token)
  if is_over(user, token) then return 'ended', token, 0, 0 end
  local pass, ends_at = live_pass(user)
  if pass == UNKNOWN then
    pass = whole(token)
    adopt(user, pass)
  end
  if pass then return 'admitted', pass, 0, ends_at end
  local score = live_wait(user)
  -- live_pass or live_wait may just have ended this very place.
  if is_over(user, token) then return 'ended', token, 0, 0 end
  -- After a loss a fan may have joined again before an older token came back. The older place is
  -- theirs, unless PostgreSQL knows that it was used, so Python looks that up.
  if not score or number_of(score) > token then return 'lost', token, 0, 0 end
  local ahead = ahead_of(score)
  note(user, ahead, pace)
  return 'waiting', number_of(score), lane_of(score), ahead
end

local counted = {}
for user, token in each() do
  local word, number, lane, value = standing(user, token)
  local waiting = 0
  if word == 'waiting' then
    counted[lane] = counted[lane]
      or redis.call('ZCOUNT', LINE, whole(lane * LANE), '(' .. whole((lane + 1) * LANE))
    waiting = counted[lane]
  end
  add{word = word, number = number, lane = lane, value = value, waiting = waiting}
end
return answer
