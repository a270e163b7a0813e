-- One admission tick: expired passes end, absent fans are stepped over, places of fans who were absent
-- for too long end, and fans are admitted from the front while the limits allow. The tick is atomic and
-- uses Valkey's clock, so any number of nodes may run it. While a part of the queue is lost, the tick
-- does nothing: recover.lua has to repair it first.
-- ARGUMENTS:
--   doors.active_limit
--   doors.admit_per_minute
--   doors.entry_ttl_s
--   doors.place_ttl_s
--   doors.door         from the opening on: 'shut' | 'open' | 'all': fans do not wait
--   doors.opens_at_ms
--   doors.shares       the share of each lane, the general one first
--   step               the maximum number of fans that this call looks at
--   at_once            an operator's number of fans to admit, ignoring the rate; 0 in a tick
-- RETURNS:
--   admitted
--   passes_expired
--   stepped_over
--   places_ended
--   rest               'more': there is more to do | 'done' | 'repairing': recover.lua has begun
--   active             after the tick
--   waiting            after the tick
--   seats_unsold       as last counted; -1: not yet
--   lost               the parts that the store has lost, as lost_parts says, until they are
--     repaired; '': none
local per_minute = doors.admit_per_minute
-- Scores are below 2^53.
local LAST_LANE = 3

local kept = redis.call('HMGET', META, 'generation', 'bucket', 'bucket_at', 'wait_until', 'reserved',
  'reserved_until', 'seats_unsold', 'repair')
local unsold = tonumber(kept[7] or -1)
local lost = lost_parts(kept[1])
-- A repair is ended, also when the fans have brought everything back meanwhile.
if lost == '' then lost = kept[8] or '' end
if lost ~= '' then
  return reply{admitted = 0, passes_expired = 0, stepped_over = 0, places_ended = 0,
    rest = kept[8] and 'repairing' or 'done', active = 0, waiting = 0, seats_unsold = unsold,
    lost = lost}
end

-- Each kind of work takes at most half of what is left of the step. So the call is bounded, and no
-- kind of work waits until another one has ended.
local left, is_cut_off = step, false
local function take(key, low, high)
  local most = math.ceil(left / 2)
  local users = redis.call('ZRANGE', key, low, high, 'BYSCORE', 'LIMIT', 0, most)
  left = left - #users
  if #users == most then is_cut_off = true end
  return users
end

local expired = take(ACTIVE, '-inf', whole(now))
for _, user in ipairs(expired) do
  local number = redis.call('HGET', PASSES, user)
  if number then end_pass(user, number, 'expiry') else redis.call('ZREM', ACTIVE, user) end
end

local given_up = take(GONE, '-inf', whole(now))
for _, user in ipairs(given_up) do
  local score = forget(user)
  if score then finish(user, whole(number_of(score))) else redis.call('ZREM', GONE, user) end
end

local function step_over(user)
  local until_ms = tonumber(redis.call('ZSCORE', SEEN, user)) or now
  local score = quit(user)
  if not score then return redis.call('ZREM', SEEN, user) end
  redis.call('ZADD', ABSENT, whole(score), user)
  redis.call('ZADD', GONE, whole(until_ms + doors.place_ttl_s * 1000), user)
end

local absent = take(SEEN, '-inf', '(' .. whole(now))
for _, user in ipairs(absent) do step_over(user) end
local stepped_over = #absent

-- The rate limit is a token bucket that fills evenly and holds the share of one second (at least one
-- fan), so that a minute never admits more than its share and that second.
local bucket_max = math.max(1, per_minute / 60)
local filled = tonumber(kept[2] or bucket_max)
local filled_at = tonumber(kept[3] or now)
if filled_at > now then  -- The clock was set back: the bucket fills from now on.
  filled_at = now
  redis.call('HSET', META, 'bucket_at', whole(now))
end
filled = math.min(bucket_max, filled + math.max(0, now - filled_at) * per_minute / 60000)

-- After a loss there is no admission until every present fan has had the time to poll again, because
-- newcomers would pass fans whose places are not back yet. Room is reserved for the fans who were
-- admitted, until their passes must have expired.
local inside = redis.call('ZCARD', ACTIVE)
local reserved = now < tonumber(kept[6] or 0) and tonumber(kept[5]) or 0
local room = 0
local door = doors.door
if now < doors.opens_at_ms or now < tonumber(kept[4] or 0) then door = 'shut' end
if door == 'all' then
  room = step
elseif door == 'open' then
  local wanted = at_once > 0 and at_once or math.floor(filled)
  room = math.min(doors.active_limit - inside - reserved, wanted)
end

local function first_of(low, high)
  local first = redis.call('ZRANGE', LINE, low, high, 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
  return first[1], tonumber(first[2])
end

-- A fan in a lane that the concert file no longer has moves to the general one, at their own number.
-- The first one who has not moved yet is passed by no fan with a higher number.
local unmoved = LANE
if first_of(whole(#doors.shares * LANE), '+inf') then
  for id = #doors.shares, LAST_LANE do
    local low, high = whole(id * LANE), '(' .. whole((id + 1) * LANE)
    for _, user in ipairs(take(LINE, low, high)) do
      enter(user, number_of(tonumber(redis.call('ZSCORE', LINE, user))))
    end
    local _, score = first_of(low, high)
    if score then unmoved = math.min(unmoved, number_of(score)) end
  end
end

-- Lanes take turns by smooth weighted round robin: each admission gives every lane with waiting fans
-- its share as credit, and the lane with the most credit pays for the admission. So no lane is ever
-- more than one admission off its share. An empty lane is skipped: its share goes to the others, and it
-- saves no credit.
local lanes = {}
for i, share in ipairs(doors.shares) do
  local credit = tonumber(redis.call('HGET', META, 'lane_credit_' .. i - 1) or 0)
  lanes[i] = {id = i - 1, share = share, credit = credit}
end

local looked = 0
local function look_for_first(lane)
  local high = lane.id * LANE + (lane.id == 0 and unmoved or LANE)
  while looked < left do
    local user, score = first_of(whole(lane.id * LANE), '(' .. whole(high))
    if not user then
      -- Where fans are still to be moved here, the lane waits for the next call.
      lane.empty = lane.id > 0 or unmoved == LANE
      return
    end
    looked = looked + 1
    if tonumber(redis.call('ZSCORE', SEEN, user) or 0) >= now then
      lane.user, lane.score = user, score
      return
    end
    step_over(user)
    stepped_over = stepped_over + 1
  end
end

-- The lane whose turn it is, or nil when all are empty, or when this call is cut off.
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
  if is_reopened(lane.user, number) then
    redis.call('HSET', ENDED, lane.user, string.format('%.2f', number - 0.25))
  end
  open_pass(lane.user, whole(number), now + doors.entry_ttl_s * 1000)
  admitted = admitted + 1
  local joined_at = number < DRAWN and 0 or EPOCH_MS + number / 1000
  waits[#waits + 1] = whole(math.max(0, now - math.max(joined_at, doors.opens_at_ms)))
  if number > (lane.serving or -1) then lane.serving = number end
  lane.user, lane.admitted = nil, true
end

while admitted < room do
  local lane = next_lane()
  if not lane then break end
  let_in(lane)
end

local rest = (is_cut_off or looked >= left) and 'more' or 'done'
-- A tick without any change writes nothing, so that an idle server does not write to its log.
local waiting = redis.call('ZCARD', LINE)
if admitted + #expired + stepped_over + #given_up == 0 then
  return reply{admitted = 0, passes_expired = 0, stepped_over = 0, places_ended = 0, rest = rest,
    active = inside, waiting = waiting, seats_unsold = unsold, lost = ''}
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
return reply{admitted = admitted, passes_expired = #expired, stepped_over = stepped_over,
  places_ended = #given_up, rest = rest, active = inside + admitted, waiting = waiting,
  seats_unsold = unsold, lost = ''}
