-- One admission tick: expired passes go, absent fans are stepped over, and as many come in from
-- the front as the limits allow. Atomic, and clocked in here, so any number of nodes may call it.
-- ARGV: offset, active_limit, admit_per_minute, absent_after_ms, entry_ttl_ms, step, open (1 | 0)
-- Returns: admitted, passes expired, stepped over; each at most `step`
local active_limit, per_minute = tonumber(ARGV[2]), tonumber(ARGV[3])
local gone_before, entry_ttl, step = now - tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local open = ARGV[7] == '1'

local expired = redis.call('ZRANGEBYSCORE', ACTIVE, '-inf', now, 'LIMIT', 0, step)
for _, user in ipairs(expired) do
  local number = redis.call('HGET', PASSES, user)
  if number then end_pass(user, number) else redis.call('ZREM', ACTIVE, user) end
end

local function step_over(user)
  local number = redis.call('ZSCORE', LINE, user)
  if number then
    redis.call('ZREM', LINE, user)
    redis.call('ZADD', ABSENT, number, user)
  end
  redis.call('ZREM', SEEN, user)
end

local gone = redis.call('ZRANGEBYSCORE', SEEN, '-inf', '(' .. whole(gone_before), 'LIMIT', 0, step)
for _, user in ipairs(gone) do step_over(user) end
local stepped_over = #gone

-- The rate is a bucket that fills evenly and holds one second's worth (at least one), so that
-- a minute never admits more than its share and that second.
local bucket_max = math.max(1, per_minute / 60)
local filled = tonumber(redis.call('HGET', META, 'bucket') or bucket_max)
local filled_at = tonumber(redis.call('HGET', META, 'bucket_at') or now)
filled = math.min(bucket_max, filled + math.max(0, now - filled_at) * per_minute / 60000)

local admitted = 0
if open then
  local room = math.min(active_limit - redis.call('ZCARD', ACTIVE), math.floor(filled), step)
  for _ = 1, step do
    if admitted >= room then break end
    local first = redis.call('ZRANGE', LINE, 0, 0, 'WITHSCORES')
    if #first == 0 then break end
    local user = first[1]
    local seen = redis.call('ZSCORE', SEEN, user)
    if not seen or tonumber(seen) < gone_before then
      step_over(user)
      stepped_over = stepped_over + 1
    else
      redis.call('ZREM', LINE, user)
      redis.call('ZREM', SEEN, user)
      redis.call('ZADD', ACTIVE, now + entry_ttl, user)
      redis.call('HSET', PASSES, user, whole(tonumber(first[2])))
      admitted = admitted + 1
    end
  end
end

-- A tick in which nothing happened writes nothing, so that an idle server leaves its log alone.
if admitted + #expired + stepped_over == 0 then return {0, 0, 0} end

local minute = math.floor(now / 60000)
local counted = tonumber(redis.call('HGET', META, 'minute') or minute)
if counted ~= minute then
  local last = counted == minute - 1 and redis.call('HGET', META, 'this_minute') or 0
  redis.call('HSET', META, 'last_minute', last or 0, 'this_minute', 0)
end
redis.call('HINCRBY', META, 'this_minute', admitted)
redis.call('HINCRBY', META, 'admitted', admitted)
redis.call('HSET', META, 'minute', minute, 'bucket', tostring(filled - admitted), 'bucket_at', now)
keep()
return {admitted, #expired, stepped_over}
