-- Each user gets a place: the one they have, or a new one.
-- ARGV: offset, door ('line' | 'straight in' once the sale is open | 'nobody new'), opens_at_ms,
--   entry_ttl_ms, joins_per_address (0: no limit), proof_kept_s (0: nobody has to prove anything),
--   the pace (4), a MessagePack array with, for each: user, lane, number in the draw that is held
--   until the opening (0: none), address ('': not counted), challenge that was solved ('': none),
--   index of its key, presale code ('': none | 'right' | 'wrong'); and the most wrong presale codes
--   of one address in a minute
-- KEYS behind the prelude's: sets of challenges that were used, one for each minute in which some of
--   them end
-- Returns for each user six values: word, number, lane, value, waiting in the lane, 'new' | 'old'
--   'waiting': value is the people ahead
--   'admitted': value is the end of the pass in ms
--   'refused': nobody new may join
--   'unproven': a new place takes a solved challenge
--   'used': this solved challenge has brought somebody a place already
--   'wrong_code': this presale code opens no lane
--   'too_many': this address had too many joins, or wrong presale codes, in this minute
--     for these five value is the seconds left of the minute
local door, is_open = ARGV[2], now >= tonumber(ARGV[3])
local entry_ttl, per_address = tonumber(ARGV[4]), tonumber(ARGV[5])
local proof_kept_s, pace, wrong_codes_max = tonumber(ARGV[6]), pace_at(7), tonumber(ARGV[12])

-- Numbers go up in blocks. A new block begins when one is full or old, or when nobody has joined for
-- a moment: at the time of its beginning (microseconds), so numbers only rise, also when a replica
-- that has not heard of the last ones takes over, or when all is lost, and fans who bring their
-- tokens back are ahead of newcomers. With very many blocks alive they may grow older, so that there
-- are never more of them than a snapshot can carry.
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
  if block < 0 or used >= BLOCK or is_old then
    block = math.max(block + 1, math.floor((now - EPOCH_MS) * 1000 / BLOCK))
    used, opened_at = 0, now
  end
  used, last_at = used + 1, now
  return block * BLOCK + used - 1
end

local function count_in_this_minute()
  if redis.call('HGET', ARRIVALS, '@') ~= whole(minute) then
    redis.call('UNLINK', ARRIVALS)
    redis.call('HSET', ARRIVALS, '@', whole(minute))
  end
end

local function is_too_many(address)
  if per_address == 0 or address == '' then return false end
  count_in_this_minute()
  return redis.call('HINCRBY', ARRIVALS, address, 1) > per_address
end

-- The word for those whose presale code is not taken, or nil. After too many wrong ones from an
-- address not even a right one is, or else the answers would tell which is right.
local function refusal_of_code(address, code)
  if code == '' then return end
  count_in_this_minute()
  local wrong = tonumber(redis.call('HGET', ARRIVALS, '#' .. address) or 0)
  if wrong >= wrong_codes_max then return 'too_many' end
  if code == 'wrong' then
    redis.call('HINCRBY', ARRIVALS, '#' .. address, 1)
    return 'wrong_code'
  end
end

local function new_number(user, drawn)
  -- Whoever gave a drawn place up does not get it again.
  if is_open or drawn == 0 or is_over(user, drawn) then return next_number() end
  return drawn
end

-- The word for those who may not have a new place, or nil. Whoever is refused for their address
-- keeps their solved challenge for later.
local function refusal(address, solved, solved_key)
  if door == 'nobody new' then return 'refused' end
  if proof_kept_s > 0 and solved == '' then return 'unproven' end
  if is_too_many(address) then return 'too_many' end
  if proof_kept_s > 0 and redis.call('SADD', KEYS[solved_key], solved) == 0 then return 'used' end
end

local joined, straight_in = 0, 0
local function place_of(user, lane, drawn, address, solved, solved_key, code)
  local pass, ends_at = live_pass(user)
  if pass == UNKNOWN then
    pass = whole(next_number())
    adopt(user, pass)
  end
  local score, freshness = not pass and live_wait(user), 'old'
  local is_new = not pass and not score
  local why = is_new and refusal(address, solved, solved_key) or refusal_of_code(address, code)
  if why then return {why, 0, lane, math.ceil(60 - (now % 60000) / 1000), 0, 'old'} end
  if pass then return {'admitted', pass, lane, ends_at, 0, 'old'} end
  if score and lane > 0 and lane ~= lane_of(score) then
    -- A presale code that came later: the same number, in the lane that it opens.
    score = lane * LANE + number_of(score)
    enter(user, score)
  elseif is_new then
    joined = joined + 1
    local number = new_number(user, drawn)
    if door == 'straight in' and is_open then
      straight_in = straight_in + 1
      open_pass(user, whole(number), now + entry_ttl)
      return {'admitted', whole(number), lane, whole(now + entry_ttl), 0, 'new'}
    end
    score, freshness = lane * LANE + number, 'new'
    enter(user, score)
  end
  local ahead = ahead_of(score)
  note(user, ahead, pace)
  return {'waiting', whole(number_of(score)), lane_of(score), ahead, 0, freshness}
end

local fans, places = cmsgpack.unpack(ARGV[11]), {}
for i = 1, #fans, 7 do places[#places + 1] = place_of(unpack(fans, i, i + 6)) end
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
  for i = PARTS + 1, #KEYS do redis.call('EXPIRE', KEYS[i], proof_kept_s) end
end

local counted, answer = {}, {}
for _, place in ipairs(places) do
  local lane = place[3]
  if place[1] == 'waiting' then
    counted[lane] = counted[lane]
      or redis.call('ZCOUNT', LINE, whole(lane * LANE), '(' .. whole((lane + 1) * LANE))
    place[5] = counted[lane]
  end
  for _, value in ipairs(place) do answer[#answer + 1] = value end
end
return answer
