-- Goes in front of every script of this folder. All keys are of one queue, on one shard.
-- KEYS:
--   line      sorted set, user -> score: fans who wait and are present
--   seen      sorted set, user -> present until, ms: of the fans in the line
--   absent    sorted set, user -> score: fans who wait and were stepped over
--   gone      sorted set, user -> end of the place, ms: of the absent fans
--   active    sorted set, user -> end of the pass, ms: admitted fans
--   passes    hash, user -> number: of the admitted fans
--   unused    set of users: admitted, and not yet through the gate
--   ended     hash, user -> highest number that is over, so that no token is used again. Of a place that
--     was given back it is half below its number, and a quarter once the fan is admitted with it: both
--     are the number of no place
--   blocks    hash, block -> how many fans of the line have a number in it
--   rates     hash, 'a<minute>' -> admitted, 'j<minute>' -> joined, of the last minutes
--   waits     list, the last times in queue, ms, newest first
--   arrivals  hash, address -> joins of this minute; '#' and an address -> wrong presale codes of
--     this minute; '@' -> the minute
--   meta      hash, counters
--   own_ends  hash, user -> end of the pass without its holds, ms: where a hold has extended it
-- ARGV[1] is the clock offset in ms, 0 outside tests.
--
-- The store may lose a key (an eviction, a FLUSHALL, an empty disk). `lost_parts` notices each loss:
-- sets that have the same members have the same size, and `meta`, `ended` and `blocks` carry the
-- stamp of the queue's generation. recover.lua repairs the loss; until then no script takes missing
-- data for the end of a place or of a pass.
--
-- A score is lane * 2^51 + number, so a lane is a range of the line, in the order of numbers.
-- queue_numbers.py says what a number is and which block it is in.
local LANE, DRAWN, BLOCK, DRAWN_BLOCK = 2^51, 2^47, 2^8, 2^35
local EPOCH_MS, EXACT_AHEAD = 1577836800000, 100
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[1])
local minute = math.floor(now / 60000)

-- Numbers are larger than Lua prints exactly by itself.
local function whole(n) return string.format('%.0f', n) end
local function number_of(score) return score % LANE end
local function lane_of(score) return math.floor(score / LANE) end

local function block_of(score)
  local lane, number = lane_of(score), number_of(score)
  if number < DRAWN then return whole(lane * (LANE / BLOCK) + math.floor(number / DRAWN_BLOCK)) end
  return whole(math.floor(score / BLOCK))
end

-- The place with this number is over; its token will never be a place again.
local function finish(user, number)
  local last = redis.call('HGET', ENDED, user)
  if not last or tonumber(last) < tonumber(number) then redis.call('HSET', ENDED, user, number) end
end

-- The field of a stamp; no user and no block can have this name.
local STAMP = '\0generation'
-- The number of a pass whose number the store has lost; the fan's next token carries it.
local UNKNOWN = '0'

local function is_over(user, number)
  local last = redis.call('HGET', ENDED, user)
  return last and tonumber(last) >= tonumber(number)
end

-- Whether the place with this number was given back, and its fan not admitted since: an entry token of
-- before opens nothing, and is no sign that the store has lost a pass.
local function is_reopened(user, number)
  local last = redis.call('HGET', ENDED, user)
  return last and tonumber(last) == tonumber(number) - 0.5
end

local function uncount(score)
  local block = block_of(score)
  if redis.call('HINCRBY', BLOCKS, block, -1) <= 0 then redis.call('HDEL', BLOCKS, block) end
end

-- Remove a user from the line. Returns the score, or nil when they are not in it.
local function quit(user)
  local score = tonumber(redis.call('ZSCORE', LINE, user))
  if not score then return nil end
  redis.call('ZREM', LINE, user)
  redis.call('ZREM', SEEN, user)
  uncount(score)
  return score
end

-- Remove a user from the absent fans. Returns the score, or nil when they are not among them.
local function forget(user)
  local score = tonumber(redis.call('ZSCORE', ABSENT, user))
  if not score then return nil end
  redis.call('ZREM', ABSENT, user)
  redis.call('ZREM', GONE, user)
  return score
end

-- Put a user into the line, or move them within it.
local function enter(user, score)
  local old = tonumber(redis.call('ZSCORE', LINE, user))
  if old then uncount(old) end
  redis.call('ZADD', LINE, whole(score), user)
  redis.call('HINCRBY', BLOCKS, block_of(score), 1)
end

-- The number of fans ahead of a score in its lane: exact near the front; further back the most that
-- are possible, from the counts of blocks. snapshot.py computes the same, so both give one answer. It
-- only falls, except when absent fans return.
local function ahead_of(score)
  local low, number = lane_of(score) * LANE, number_of(score)
  local exact = redis.call('ZCOUNT', LINE, whole(low), '(' .. whole(score))
  if exact <= EXACT_AHEAD then return exact end
  local count = tonumber(redis.call('HGET', BLOCKS, block_of(score)) or 0)
  if number < DRAWN then
    local start = '(' .. whole(score - number % DRAWN_BLOCK)
    return redis.call('ZCOUNT', LINE, whole(low), start) + count
  end
  local own = number % BLOCK
  local before = redis.call('ZCOUNT', LINE, whole(low), '(' .. whole(score - own))
  if tonumber(redis.call('HGET', META, 'block')) ~= math.floor(number / BLOCK) then
    own = math.min(own, count)
  end
  if before == 0 then
    local first = redis.call('ZRANGE', LINE, whole(low), '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
    own = math.min(own, score - tonumber(first[2]))
  end
  return before + own
end

-- The fan is present until `pace` says otherwise, as Pace.patience_ms computes it in Python.
local function note(user, ahead, pace)
  local interval = math.min(pace.longest_ms, pace.at_front_ms + ahead * pace.per_place_ms)
  local patience = math.max(pace.absent_after_ms, pace.absent_intervals * interval)
  redis.call('ZADD', SEEN, whole(now + patience), user)
end

-- The user's score, or nil. A fan who was stepped over returns to the line at their own number, which
-- by now is at the front, unless the fan was absent for too long.
local function live_wait(user)
  local score = tonumber(redis.call('ZSCORE', LINE, user))
  if score then return score end
  local ends_at = redis.call('ZSCORE', GONE, user)
  score = forget(user)
  if not score then return nil end
  if ends_at and tonumber(ends_at) <= now then
    finish(user, whole(number_of(score)))
    return nil
  end
  enter(user, score)
  redis.call('ZADD', SEEN, whole(now), user)
  return score
end

-- why: payment | expiry | leave | revoke
local function end_pass(user, number, why)
  redis.call('ZREM', ACTIVE, user)
  redis.call('HDEL', PASSES, user)
  redis.call('HDEL', OWN_ENDS, user)
  redis.call('HINCRBY', META, 'ended_by_' .. why, 1)
  if redis.call('SREM', UNUSED, user) == 1 and why == 'expiry' then
    redis.call('HINCRBY', META, 'no_shows', 1)
  end
  finish(user, number)
end

-- The live pass of a user: its number and its end in ms. An expired pass is ended here. A pass whose
-- end is lost is open for a minute, until recover.lua gives it an end.
local function live_pass(user)
  local number = redis.call('HGET', PASSES, user)
  if not number then return nil end
  local ends_at = redis.call('ZSCORE', ACTIVE, user)
  if not ends_at then return number, whole(now + 60000) end
  if tonumber(ends_at) > now then return number, ends_at end
  end_pass(user, number, 'expiry')
  return nil
end

-- Take the number of a live pass, which was lost, from its owner's token.
local function adopt(user, number)
  redis.call('HSET', PASSES, user, number)
  quit(user)
  forget(user)
end

-- The rows of `each()` as one table for each of their values, for calls that take many at once.
local function columns(rows)
  local of_user, of_number, of_end = {}, {}, {}
  for user, number, ends_at in rows() do
    local n = #of_user + 1
    of_user[n], of_number[n], of_end[n] = user, number, ends_at
  end
  return of_user, of_number, of_end
end

-- The number and the end of each user's pass, as they are kept; false where there is none.
local function passes_of(users)
  return redis.call('HMGET', PASSES, unpack(users)), redis.call('ZMSCORE', ACTIVE, unpack(users))
end

-- The number and the end of the live pass of a user whose token claims `number`, given what is kept.
local function claimed_pass(user, number, kept, ends_at)
  if kept == number and ends_at and tonumber(ends_at) > now then return kept, ends_at end
  local pass, live_until = live_pass(user)
  if pass == UNKNOWN and not is_over(user, number) then
    adopt(user, number)
    return number, live_until
  end
  return pass, live_until
end

local function open_pass(user, number, ends_at)
  redis.call('ZADD', ACTIVE, whole(ends_at), user)
  redis.call('HSET', PASSES, user, number)
  redis.call('HDEL', OWN_ENDS, user)
  redis.call('SADD', UNUSED, user)
end

-- All keys of a concert expire when no script has written for longer than any queue token lives (30
-- days from the opening, which is at most 30 days after the first join), so that no token outlives
-- the record of its end.
local function keep()
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, 62 * 86400) end
end

-- The parts that the store has lost, separated by spaces; 'all' when no stamp is left, as in a queue
-- that has not begun. `stamp` is the generation that the script has read from meta.
local function lost_parts(stamp)
  local of_ended, of_blocks = redis.call('HGET', ENDED, STAMP), redis.call('HGET', BLOCKS, STAMP)
  if not (stamp or of_ended or of_blocks) then return 'all' end
  local lost = {}
  local function check(is_lost, part) if is_lost then lost[#lost + 1] = part end end
  local in_line, seen = redis.call('ZCARD', LINE), redis.call('ZCARD', SEEN)
  local absent, gone = redis.call('ZCARD', ABSENT), redis.call('ZCARD', GONE)
  local active, passes = redis.call('ZCARD', ACTIVE), redis.call('HLEN', PASSES)
  check(in_line < seen, 'line')
  check(seen < in_line, 'seen')
  check(absent < gone, 'absent')
  check(gone < absent, 'gone')
  check(active < passes, 'active')
  check(passes < active, 'passes')
  check(not of_ended, 'ended')
  check(not of_blocks, 'blocks')
  check(not stamp, 'meta')
  return table.concat(lost, ' ')
end

-- A fan who was admitted before a loss is back, or has left: their room is no longer reserved.
local function back_inside()
  local reserved = tonumber(redis.call('HGET', META, 'reserved') or 0)
  if reserved > 0 then redis.call('HSET', META, 'reserved', reserved - 1) end
end
