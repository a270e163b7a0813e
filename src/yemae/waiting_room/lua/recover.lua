-- Begins a queue's generation, and repairs what the store has lost of it. What follows from the other
-- parts is computed; what only the fans' tokens know comes back with their next polls.
-- ARGUMENTS:
--   recovery.generation     the stamp of a queue that has none
--   recovery.has_begun      false: everything is missing because the queue is new
--   recovery.wait_ms        for how long there is no admission when places are lost
--   recovery.entry_ttl_s
--   recovery.place_ttl_s
--   recovery.inside         the number of fans last known to be admitted
--   recovery.patience_ms    for how long fans count as present whose presence is lost
-- Returns the parts that were lost, as lost_parts says; '' when another process was faster.
local entry_ttl_ms, place_ttl_ms = recovery.entry_ttl_s * 1000, recovery.place_ttl_s * 1000
local PAGE = 1000

local lost = lost_parts(redis.call('HGET', META, 'generation'))
if lost == '' then return '' end
local generation = redis.call('HGET', META, 'generation') or redis.call('HGET', ENDED, STAMP)
  or redis.call('HGET', BLOCKS, STAMP) or recovery.generation

-- Give two sorted sets the same members: a user who is missing in the first leaves the second, and a
-- user who is missing in the second gets a time there.
local function match(places, times, until_ms)
  if redis.call('ZCARD', places) == redis.call('ZCARD', times) then return end
  for _, user in ipairs(redis.call('ZDIFF', 2, times, places)) do redis.call('ZREM', times, user) end
  for _, user in ipairs(redis.call('ZDIFF', 2, places, times)) do
    redis.call('ZADD', times, whole(until_ms), user)
  end
end

local function recount()
  redis.call('UNLINK', BLOCKS)
  local counts = {}
  for first = 0, redis.call('ZCARD', LINE) - 1, PAGE do
    local page = redis.call('ZRANGE', LINE, first, first + PAGE - 1, 'WITHSCORES')
    for i = 2, #page, 2 do
      local block = block_of(tonumber(page[i]))
      counts[block] = (counts[block] or 0) + 1
    end
  end
  for block, count in pairs(counts) do redis.call('HSET', BLOCKS, block, count) end
end

local places_lost = redis.call('ZCARD', LINE) < redis.call('ZCARD', SEEN) or (lost == 'all' and recovery.has_begun)
if places_lost then redis.call('HSET', META, 'wait_until', whole(now + recovery.wait_ms)) end
if lost == 'all' and recovery.has_begun then
  redis.call('HSET', META, 'reserved', math.max(0, recovery.inside - redis.call('ZCARD', ACTIVE)),
    'reserved_until', whole(now + entry_ttl_ms))
end
match(LINE, SEEN, now + recovery.patience_ms)
match(ABSENT, GONE, now + place_ttl_ms)
for _, user in ipairs(redis.call('ZRANGE', ACTIVE, 0, -1)) do
  redis.call('HSETNX', PASSES, user, UNKNOWN)
end
for _, user in ipairs(redis.call('HKEYS', PASSES)) do
  redis.call('ZADD', ACTIVE, 'NX', whole(now + entry_ttl_ms), user)
end
if lost ~= 'all' and (places_lost or not redis.call('HGET', BLOCKS, STAMP)) then recount() end
redis.call('HSET', META, 'generation', generation)
redis.call('HSET', ENDED, STAMP, generation)
redis.call('HSET', BLOCKS, STAMP, generation)
if recovery.has_begun or lost ~= 'all' then
  redis.call('HSET', META, 'lost_at', whole(now), 'lost_parts', lost)
  keep()
end
return lost
