-- Where each token stands; asking is a sign of life.
-- ARGV: offset, the pace (4), then for each token: user, number
-- Returns for each token five values: word, number, lane, value, waiting in the lane
--   'waiting': value is the people ahead
--   'admitted': value is the end of the pass in ms
--   'ended': given up, used, run out, or away for too long
--   'lost': this number is not known: the store has lost its data
local pace = pace_at(2)

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
  -- After a loss a fan may have joined anew before an older token came back: then the older
  -- place is theirs, unless PostgreSQL knows that it was used, so the caller has to look.
  if not score or number_of(score) > token then return 'lost', token, 0, 0 end
  local ahead = ahead_of(score)
  note(user, ahead, pace)
  return 'waiting', whole(number_of(score)), lane_of(score), ahead
end

local counted, answer = {}, {}
for i = 6, #ARGV, 2 do
  local word, number, lane, value = standing(ARGV[i], tonumber(ARGV[i + 1]))
  local waiting = 0
  if word == 'waiting' then
    counted[lane] = counted[lane]
      or redis.call('ZCOUNT', LINE, whole(lane * LANE), '(' .. whole((lane + 1) * LANE))
    waiting = counted[lane]
  elseif word ~= 'admitted' then
    number = whole(number)
  end
  local n = #answer
  answer[n + 1], answer[n + 2], answer[n + 3], answer[n + 4], answer[n + 5] =
    word, number, lane, value, waiting
end
return answer
