-- Gives each user a place: the one they have, or a new one.
-- KEYS:
--   used...                 sets of used challenges, one for each minute in which some of them end
-- ARGUMENTS:
--   rules.door               'line' | 'straight in': once the sale is open | 'closed': no new places
--   rules.opens_at_ms
--   rules.entry_ttl_s
--   rules.joins_per_address  0: no limit
--   rules.proof_kept_s       for how long a used challenge is remembered; 0: joins need no proof of work
--   rules.wrong_codes_max    wrong presale codes of one address in a minute
--   pace.absent_after_ms
--   pace.at_front_ms
--   pace.per_place_ms
--   pace.longest_ms
--   pace.absent_intervals
-- FOR EACH:
--   user
--   lane
--   drawn    the number in the draw, for joins before the opening; 0: none
--   address  '': joins from there are not counted
--   solved   the challenge that was solved; '': none
--   minute   the index of its set in `used`
--   code     the presale code: '': none | 'right' | 'wrong' | 'needed': none, and a new place takes one
-- RETURNS FOR EACH:
--   word     'waiting' | 'admitted' | 'refused': no new places | 'unproven': a new place needs a solved
--     challenge | 'used': the challenge has already given a place | 'wrong_code': the code opens no
--     lane | 'code_needed': a new place takes a presale code | 'too_many': too many joins or wrong codes from this address in this minute
--   number
--   lane
--   value    'waiting': the fans ahead; 'admitted': the end of the pass in ms; else the seconds left of
--     the minute
--   waiting  'waiting': the fans in the lane; else 0
--   age      'new': this call gave the place | 'old'
local is_open = now >= rules.opens_at_ms

-- Numbers go up in blocks. A new block begins when one is full or old, or after a pause without joins.
-- Its first number is the present time in microseconds, so numbers rise even when a replica takes over
-- that has not heard of the last ones, or when all data is lost, and fans who bring their tokens back
-- are ahead of newcomers. While there are MANY blocks they may grow older, because a snapshot carries
-- all of them.
local QUIET_MS, OLD_MS, OLDEST_MS, MANY = 500, 5000, 600000, 6000
local block, used, opened_at, last_at
local function next_number()
  if not block then
    local state = redis.call('HMGET', META, 'block', 'block_used', 'block_opened_at', 'block_last_at')
    block, used = tonumber(state[1] or -1), tonumber(state[2] or 0)
    opened_at, last_at = tonumber(state[3] or 0), tonumber(state[4] or 0)
  end
  local is_old = now - opened_at > OLDEST_MS
  if not is_old and (now - last_at > QUIET_MS or now - opened_at > OLD_MS) then
    is_old = redis.call('HLEN', BLOCKS) < MANY
  end
  if used >= BLOCK or is_old then
    block = math.max(block + 1, math.floor((now - EPOCH_MS) * 1000 / BLOCK))
    used, opened_at = 0, now
  end
  used, last_at = used + 1, now
  return block * BLOCK + used - 1
end

local function begin_minute()
  if redis.call('HGET', ARRIVALS, '@') ~= whole(minute) then
    redis.call('UNLINK', ARRIVALS)
    redis.call('HSET', ARRIVALS, '@', whole(minute))
  end
end

local function is_too_many(address)
  if rules.joins_per_address == 0 or address == '' then return false end
  begin_minute()
  return redis.call('HINCRBY', ARRIVALS, address, 1) > rules.joins_per_address
end

-- The word when the presale code is not accepted, or nil. After too many wrong codes from an address
-- not even a right one is accepted, because the answers would tell which code is right.
local function refusal_of_code(address, code)
  if code == '' or code == 'needed' then return end
  begin_minute()
  local wrong = tonumber(redis.call('HGET', ARRIVALS, '#' .. address) or 0)
  if wrong >= rules.wrong_codes_max then return 'too_many' end
  if code == 'wrong' then
    redis.call('HINCRBY', ARRIVALS, '#' .. address, 1)
    return 'wrong_code'
  end
end

local function new_number(user, drawn)
  -- A fan who gave a drawn place up does not get it again.
  if is_open or drawn == 0 or is_over(user, drawn) then return next_number() end
  return drawn
end

-- The word when the fan may not have a new place, or nil. A refusal of the address does not use up
-- the solved challenge.
local function refusal(address, solved, minute, code)
  if rules.door == 'closed' then return 'refused' end
  if code == 'needed' then return 'code_needed' end
  if rules.proof_kept_s > 0 and solved == '' then return 'unproven' end
  if is_too_many(address) then return 'too_many' end
  if rules.proof_kept_s > 0 and redis.call('SADD', USED[minute], solved) == 0 then return 'used' end
end

local joined, straight_in = 0, 0
local function place_of(user, lane, drawn, address, solved, minute, code)
  local pass, ends_at = live_pass(user)
  if pass == UNKNOWN then
    pass = whole(next_number())
    adopt(user, pass)
  end
  local score, age = not pass and live_wait(user), 'old'
  local is_new = not pass and not score
  local why = is_new and refusal(address, solved, minute, code) or refusal_of_code(address, code)
  if why then
    local left_s = math.ceil(60 - (now % 60000) / 1000)
    return {word = why, number = 0, lane = lane, value = left_s, age = age}
  end
  if pass then return {word = 'admitted', number = pass, lane = lane, value = ends_at, age = age} end
  if score and lane > 0 and lane ~= lane_of(score) then
    -- A presale code that came later: the same number, in the lane that it opens.
    score = lane * LANE + number_of(score)
    enter(user, score)
  elseif is_new then
    joined = joined + 1
    local number = new_number(user, drawn)
    if rules.door == 'straight in' and is_open then
      straight_in = straight_in + 1
      local ends_at_ms = now + rules.entry_ttl_s * 1000
      open_pass(user, whole(number), ends_at_ms)
      return {word = 'admitted', number = whole(number), lane = lane, value = whole(ends_at_ms), age = 'new'}
    end
    score, age = lane * LANE + number, 'new'
    enter(user, score)
  end
  local ahead = ahead_of(score)
  note(user, ahead, pace)
  lane = lane_of(score)
  return {word = 'waiting', number = whole(number_of(score)), lane = lane, value = ahead, age = age}
end

local places = {}
for user, lane, drawn, address, solved, minute, code in each() do
  places[#places + 1] = place_of(user, lane, drawn, address, solved, minute, code)
end
if block then
  redis.call('HSET', META, 'block', whole(block), 'block_used', used,
    'block_opened_at', whole(opened_at), 'block_last_at', whole(last_at))
end
if joined > 0 then
  redis.call('HINCRBY', META, 'joined', joined)
  redis.call('HINCRBY', RATES, 'j' .. whole(minute), joined)
  if straight_in > 0 then
    redis.call('HINCRBY', META, 'admitted', straight_in)
    redis.call('HINCRBY', RATES, 'a' .. whole(minute), straight_in)
    redis.call('HSETNX', META, 'first_admitted_at', whole(now))
  end
  keep()
  for _, key in ipairs(USED) do redis.call('EXPIRE', key, rules.proof_kept_s) end
end

local counted = {}
for _, place in ipairs(places) do
  local lane, waiting = place.lane, 0
  if place.word == 'waiting' then
    counted[lane] = counted[lane]
      or redis.call('ZCOUNT', LINE, whole(lane * LANE), '(' .. whole((lane + 1) * LANE))
    waiting = counted[lane]
  end
  place.waiting = waiting
  add(place)
end
return answer
