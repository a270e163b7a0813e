-- Goes in front of every script of this folder.
--
-- KEYS, the same for each (all of one concert, all on one shard):
--    1 line    sorted set, user -> score: who waits, and is present
--    2 seen    sorted set, user -> present until, ms: of those in line
--    3 absent  sorted set, user -> score: who waits, and was stepped over
--    4 gone    sorted set, user -> end of the place, ms: of those absent
--    5 active  sorted set, user -> end of the pass, ms: who is inside
--    6 passes  hash, user -> number: of those inside
--    7 unused  set of users: inside, and have not come through the gate yet
--    8 ended   hash, user -> highest number that is over, so that no token is used again
--    9 blocks  hash, block -> how many of the line have a number in it
--   10 rates   hash, 'a<minute>' -> admitted, 'j<minute>' -> joined, of the last minutes
--   11 waits   list, the last times in queue, ms, newest first
--   12 arrivals hash, address -> joins of this minute; '#' and an address -> wrong presale codes of
--      this minute; '@' -> the minute
--   13 meta    hash, counters
--   14 own_ends hash, user -> end of the pass without its holds, ms: where a hold has extended it
-- ARGV[1] is the clock offset in ms, 0 outside tests.
--
-- The store may lose a key (an eviction, a FLUSHALL, an empty disk). Each loss is noticed by
-- `lost_parts`: sets that have the same members have the same size, and `meta`, `ended` and `blocks`
-- carry the stamp of the queue's generation. recover.lua repairs it; until then no script takes
-- what is missing for the end of a place or of a pass.
--
-- A score is lane * 2^51 + number, so a lane is a range of the line, in the order of numbers.
-- tickets.py says what a number is and which block it is in.
local LINE, SEEN, ABSENT, GONE, ACTIVE, PASSES, UNUSED, ENDED, BLOCKS, RATES, WAITS, ARRIVALS, META,
  OWN_ENDS = unpack(KEYS)
-- How many these are; what join.lua is given besides stands behind them.
local PARTS = 14
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
  if number == '0' then return end  -- UNKNOWN: there is no number to remember.
  local last = redis.call('HGET', ENDED, user)
  if not last or tonumber(last) < tonumber(number) then redis.call('HSET', ENDED, user, number) end
end

-- A stamp is a field that no user and no block can have.
local STAMP = '\0generation'
-- The number of a pass whose number the store has lost; the fan's next token says it.
local UNKNOWN = '0'

local function is_over(user, number)
  local last = redis.call('HGET', ENDED, user)
  return last and tonumber(last) >= tonumber(number)
end

local function uncount(score)
  local block = block_of(score)
  if redis.call('HINCRBY', BLOCKS, block, -1) <= 0 then redis.call('HDEL', BLOCKS, block) end
end

-- Takes a user out of the line. Returns the score, or nil when they are not in it.
local function quit(user)
  local score = tonumber(redis.call('ZSCORE', LINE, user))
  if not score then return nil end
  redis.call('ZREM', LINE, user)
  redis.call('ZREM', SEEN, user)
  uncount(score)
  return score
end

-- Takes a user out of the absent. Returns the score, or nil when they are not among them.
local function forget(user)
  local score = tonumber(redis.call('ZSCORE', ABSENT, user))
  if not score then return nil end
  redis.call('ZREM', ABSENT, user)
  redis.call('ZREM', GONE, user)
  return score
end

-- Puts a user into the line, or at another place of it.
local function enter(user, score)
  local old = tonumber(redis.call('ZSCORE', LINE, user))
  if old == score then return end
  if old then uncount(old) end
  redis.call('ZADD', LINE, whole(score), user)
  redis.call('HINCRBY', BLOCKS, block_of(score), 1)
end

-- How many are ahead of a score in its lane: exactly near the front; further back the most that can
-- be, from the counts of blocks, as snapshot.py says it too. So whoever is asked gives the same
-- answer, and it only falls, but for those who return.
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

-- The fan is here, and counts as present for three of the intervals at which they are told to ask.
-- pace: absent_after_ms, interval at the front, more of it for each place, longest interval (ms)
local function note(user, ahead, pace)
  local interval = math.min(pace[4], pace[2] + ahead * pace[3])
  redis.call('ZADD', SEEN, whole(now + math.max(pace[1], 3 * interval)), user)
end

local function pace_at(i)
  return {tonumber(ARGV[i]), tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])}
end

-- The user's score, or nil. Whoever was stepped over is back in the line at their own number, which
-- by now is at the front, unless they were away for too long.
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

-- The live pass of a user: its number and its end in ms. One that has run out is ended on sight. A
-- pass whose end is lost is open for a moment, until recover.lua gives it one.
local function live_pass(user)
  local number = redis.call('HGET', PASSES, user)
  if not number then return nil end
  local ends_at = redis.call('ZSCORE', ACTIVE, user)
  if not ends_at then return number, whole(now + 60000) end
  if tonumber(ends_at) > now then return number, ends_at end
  end_pass(user, number, 'expiry')
  return nil
end

-- The number of a live pass, which was lost, is the one that its owner's token carries.
local function adopt(user, number)
  redis.call('HSET', PASSES, user, number)
  quit(user)
  forget(user)
end

local function open_pass(user, number, ends_at)
  redis.call('ZADD', ACTIVE, whole(ends_at), user)
  redis.call('HSET', PASSES, user, number)
  redis.call('HDEL', OWN_ENDS, user)
  redis.call('SADD', UNUSED, user)
end

-- Everything of a concert goes when nothing has happened for longer than any queue token lives
-- (30 days from the opening, which is at most 30 days after the first join), so that no token
-- outlives the memory of its end.
local function keep()
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, 62 * 86400) end
end

-- The parts that the store has lost, separated by spaces; 'all' when no stamp is left, which is also
-- what a queue looks like that has not begun. Of meta the caller has read the stamp already.
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

-- One of those who were inside before a loss is back, or has left: their room is kept no longer.
local function back_inside()
  local reserved = tonumber(redis.call('HGET', META, 'reserved') or 0)
  if reserved > 0 then redis.call('HSET', META, 'reserved', reserved - 1) end
end
