-- Goes in front of every script of this folder.
--
-- KEYS, the same for each (all of one concert, all on one shard):
--   1 line    sorted set, user -> ticket number: who waits, and was seen lately
--   2 absent  sorted set, user -> ticket number: who waits, and was stepped over
--   3 seen    sorted set, user -> time of the last sign of life, ms: of those in line
--   4 active  sorted set, user -> end of the pass, ms: who is inside
--   5 passes  hash, user -> ticket number: of those inside
--   6 ended   hash, user -> highest ticket number that is over, so that no token is used again
--   7 meta    hash, counters: issued, admitted, and those of the rate
-- ARGV[1] is the clock offset in ms, 0 outside tests.
local LINE, ABSENT, SEEN, ACTIVE, PASSES, ENDED, META = unpack(KEYS)
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[1])

-- The next ticket number: the time in microseconds, or one more than the last where that is not
-- later. So numbers only rise, also over a loss of all data; the number tells when it was given
-- out, which is where the end of its queue token comes from; and fans who bring their tokens back
-- after a loss are ahead of newcomers.
local function next_number()
  local number = math.max((tonumber(redis.call('HGET', META, 'issued')) or 0) + 1, now * 1000)
  redis.call('HSET', META, 'issued', string.format('%.0f', number))
  return string.format('%.0f', number)
end

-- Ticket numbers are larger than Lua prints exactly by itself.
local function whole(n) return string.format('%.0f', n) end

-- The place with this number is over; its token will never be a place again.
local function finish(user, number)
  local last = redis.call('HGET', ENDED, user)
  if not last or tonumber(last) < tonumber(number) then
    redis.call('HSET', ENDED, user, number)
  end
end

local function end_pass(user, number)
  redis.call('ZREM', ACTIVE, user)
  redis.call('HDEL', PASSES, user)
  finish(user, number)
end

-- The live pass of a user: its number and its end in ms. One that has run out is ended on sight.
local function live_pass(user)
  local number = redis.call('HGET', PASSES, user)
  if not number then return nil end
  local ends_at = redis.call('ZSCORE', ACTIVE, user)
  if ends_at and tonumber(ends_at) > now then return number, ends_at end
  end_pass(user, number)
  return nil
end

-- The user's number in the line, or nil. Asking is a sign of life: whoever was stepped over is
-- back in the line at their own number, which by now is at the front.
local function live_wait(user)
  local number = redis.call('ZSCORE', LINE, user)
  if not number then
    number = redis.call('ZSCORE', ABSENT, user)
    if not number then return nil end
    redis.call('ZREM', ABSENT, user)
    redis.call('ZADD', LINE, number, user)
  end
  redis.call('ZADD', SEEN, now, user)
  return whole(tonumber(number))
end

-- Everything of a concert goes when nothing has happened for longer than any queue token lives
-- (queue_token_ttl_s is at most 30 days), so that no token outlives the memory of its end.
local function keep()
  for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, 31 * 86400) end
end
