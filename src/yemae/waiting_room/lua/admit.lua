-- One admission tick: passes that ran out go, absent fans are stepped over, places of those who were
-- away for too long end, and as many come in from the front as the limits allow. Atomic, and clocked
-- in here, so any number of nodes may call it. Each kind of work is bounded by `step`.
-- ARGV: offset, active_limit, admit_per_minute, entry_ttl_ms, place_ttl_ms, step, opens_at_ms,
--   door ('shut' | 'open' | 'all': nobody waits) from the opening on, at_once (an operator's: so many whatever the
--   rate; 0 in a tick), then the share of each lane, the general one first
-- Returns: admitted, passes expired, stepped over, places ended, 1 when there is more to do, how
--   many are inside, how many wait, how many seats are not sold (-1: not counted yet), the parts that
--   the store has lost ('': none, or as lost_parts says). While a part is lost nothing is done:
--   recover.lua has to repair it first.
local active_limit, per_minute = tonumber(ARGV[2]), tonumber(ARGV[3])
local entry_ttl, place_ttl, step = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local opens_at, door, at_once = tonumber(ARGV[7]), ARGV[8], tonumber(ARGV[9])

local kept = redis.call('HMGET', META, 'generation', 'bucket', 'bucket_at', 'wait_until', 'reserved',
  'reserved_until', 'seats_unsold')
local unsold = tonumber(kept[7] or -1)
local lost = lost_parts(kept[1])
if lost ~= '' then return {0, 0, 0, 0, 0, 0, 0, unsold, lost} end

local expired = redis.call('ZRANGE', ACTIVE, '-inf', whole(now), 'BYSCORE', 'LIMIT', 0, step)
for _, user in ipairs(expired) do
  local number = redis.call('HGET', PASSES, user)
  if number then end_pass(user, number, 'expiry') else redis.call('ZREM', ACTIVE, user) end
end

local given_up = redis.call('ZRANGE', GONE, '-inf', whole(now), 'BYSCORE', 'LIMIT', 0, step)
for _, user in ipairs(given_up) do
  local score = forget(user)
  if score then finish(user, whole(number_of(score))) else redis.call('ZREM', GONE, user) end
end

local function step_over(user)
  local until_ms = tonumber(redis.call('ZSCORE', SEEN, user)) or now
  local score = quit(user)
  if not score then return redis.call('ZREM', SEEN, user) end
  redis.call('ZADD', ABSENT, whole(score), user)
  redis.call('ZADD', GONE, whole(until_ms + place_ttl), user)
end

local absent = redis.call('ZRANGE', SEEN, '-inf', '(' .. whole(now), 'BYSCORE', 'LIMIT', 0, step)
for _, user in ipairs(absent) do step_over(user) end
local stepped_over = #absent

-- The rate is a bucket that fills evenly and holds one second's worth (at least one), so that
-- a minute never admits more than its share and that second.
local bucket_max = math.max(1, per_minute / 60)
local filled = tonumber(kept[2] or bucket_max)
local filled_at = tonumber(kept[3] or now)
if filled_at > now then  -- The clock was set back: it goes on filling from here.
  filled_at = now
  redis.call('HSET', META, 'bucket_at', whole(now))
end
filled = math.min(bucket_max, filled + math.max(0, now - filled_at) * per_minute / 60000)

-- After a loss nobody comes in until all who are there have had the time to ask again, or else
-- newcomers would pass those whose places are not back yet; and room is kept for those who were
-- inside, until their passes have certainly run out.
local inside = redis.call('ZCARD', ACTIVE)
local reserved = now < tonumber(kept[6] or 0) and tonumber(kept[5]) or 0
local room = 0
if now < opens_at or now < tonumber(kept[4] or 0) then door = 'shut' end
if door == 'all' then
  room = step
elseif door == 'open' then
  local wanted = at_once > 0 and at_once or math.floor(filled)
  room = math.min(active_limit - inside - reserved, wanted)
end

-- Whoever stands in a lane that is not in the concert file any more goes on in the general one, at
-- their own number.
local beyond = whole((#ARGV - 9) * LANE)
local moved = redis.call('ZRANGE', LINE, beyond, '+inf', 'BYSCORE', 'LIMIT', 0, step, 'WITHSCORES')
for i = 1, #moved, 2 do enter(moved[i], number_of(tonumber(moved[i + 1]))) end

-- Lanes take turns by smooth weighted round robin: each admission gives every lane in which somebody
-- waits its share as credit, and the one with the most pays for it. So no lane is ever more than one
-- admission off its share. A lane in which nobody waits is passed over, so its share flows to the
-- others, and it saves nothing up.
local lanes = {}
for i = 10, #ARGV do
  local credit = tonumber(redis.call('HGET', META, 'lane_credit_' .. i - 10) or 0)
  lanes[#lanes + 1] = {id = i - 10, share = tonumber(ARGV[i]), credit = credit}
end

local looked = 0
local function look_for_first(lane)
  while looked < step do
    local first = redis.call('ZRANGE', LINE, whole(lane.id * LANE), '(' .. whole((lane.id + 1) * LANE),
      'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
    if #first == 0 then
      lane.empty = true
      return
    end
    looked = looked + 1
    if tonumber(redis.call('ZSCORE', SEEN, first[1]) or 0) >= now then
      lane.user, lane.score = first[1], tonumber(first[2])
      return
    end
    step_over(first[1])
    stepped_over = stepped_over + 1
  end
end

-- The lane whose turn it is, or nil when nobody waits, or when this call has looked at enough.
local function next_lane()
  local shares = 0
  for _, lane in ipairs(lanes) do
    if not lane.user and not lane.empty then look_for_first(lane) end
    if lane.empty then lane.credit = 0 elseif not lane.user then return nil end
    if lane.user then shares = shares + lane.share end
  end
  local best
  for _, lane in ipairs(lanes) do
    if lane.user then
      lane.credit = lane.credit + lane.share / shares
      if not best or lane.credit > best.credit then best = lane end
    end
  end
  if best then best.credit = best.credit - 1 end
  return best
end

local admitted, waits = 0, {}
local function let_in(lane)
  local number = number_of(lane.score)
  quit(lane.user)
  open_pass(lane.user, whole(number), now + entry_ttl)
  admitted = admitted + 1
  local joined_at = number < DRAWN and 0 or EPOCH_MS + number / 1000
  waits[#waits + 1] = whole(math.max(0, now - math.max(joined_at, opens_at)))
  if number > (lane.serving or -1) then lane.serving = number end
  lane.user, lane.admitted = nil, true
end

while admitted < room do
  local lane = next_lane()
  if not lane then break end
  let_in(lane)
end

local more = (#moved == 2 * step or #expired == step or #given_up == step or #absent == step or looked >= step) and 1 or 0
-- A tick in which nothing happened writes nothing, so that an idle server leaves its log alone.
local waiting = redis.call('ZCARD', LINE)
if admitted + #expired + stepped_over + #given_up == 0 then
  return {0, 0, 0, 0, more, inside, waiting, unsold, ''}
end

if admitted > 0 then
  redis.call('HINCRBY', META, 'admitted', admitted)
  redis.call('HINCRBY', RATES, 'a' .. whole(minute), admitted)
  redis.call('HSETNX', META, 'first_admitted_at', whole(now))
  for _, lane in ipairs(lanes) do
    redis.call('HSET', META, 'lane_credit_' .. lane.id, string.format('%.9f', lane.credit))
    if lane.admitted then
      local serving = tonumber(redis.call('HGET', META, 'serving_' .. lane.id) or -1)
      if lane.serving > serving then
        redis.call('HSET', META, 'serving_' .. lane.id, whole(lane.serving))
      end
    end
  end
  redis.call('LPUSH', WAITS, unpack(waits))
  redis.call('LTRIM', WAITS, 0, 999)
end
if at_once == 0 and door == 'open' then
  redis.call('HSET', META, 'bucket', tostring(filled - admitted), 'bucket_at', whole(now))
end
if redis.call('HLEN', RATES) > 64 then
  for _, field in ipairs(redis.call('HKEYS', RATES)) do
    if tonumber(string.sub(field, 2)) < minute - 16 then redis.call('HDEL', RATES, field) end
  end
end
keep()
return {admitted, #expired, stepped_over, #given_up, more, inside + admitted, waiting,
  unsold, ''}
