-- Begins a queue's generation, and repairs what the store has lost of it. What can be computed from
-- the other parts is; what only the fans' tokens know comes back with their next polls.
-- ARGV: offset, generation (for a queue that has none), 'begun' | 'new' (whether the queue had begun
--   before), for how long nobody comes in when places are lost (ms), entry_ttl_ms, place_ttl_ms, how
--   many were inside when it was last known, for how long those count as present whose presence is
--   lost (ms)
-- Returns: the parts that were lost, as lost_parts says; '' when another caller was faster
local generation, had_begun = ARGV[2], ARGV[3] == 'begun'
local wait_ms, entry_ttl, place_ttl = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local inside, patience = tonumber(ARGV[7]), tonumber(ARGV[8])
local PAGE = 1000

local lost = lost_parts(redis.call('HGET', META, 'generation'))
if lost == '' then return '' end
generation = redis.call('HGET', META, 'generation') or redis.call('HGET', ENDED, STAMP)
  or redis.call('HGET', BLOCKS, STAMP) or generation

-- Each member of one sorted set is a member of the other: who has lost the first leaves the second,
-- where it matters, and who has lost the second gets a time there.
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

local places_lost = redis.call('ZCARD', LINE) < redis.call('ZCARD', SEEN) or (lost == 'all' and had_begun)
if places_lost then redis.call('HSET', META, 'wait_until', whole(now + wait_ms)) end
if lost == 'all' and had_begun then
  redis.call('HSET', META, 'reserved', math.max(0, inside - redis.call('ZCARD', ACTIVE)),
    'reserved_until', whole(now + entry_ttl))
end
match(LINE, SEEN, now + patience)
match(ABSENT, GONE, now + place_ttl)
for _, user in ipairs(redis.call('ZRANGE', ACTIVE, 0, -1)) do
  redis.call('HSETNX', PASSES, user, UNKNOWN)
end
for _, user in ipairs(redis.call('HKEYS', PASSES)) do
  redis.call('ZADD', ACTIVE, 'NX', whole(now + entry_ttl), user)
end
if lost ~= 'all' and (places_lost or not redis.call('HGET', BLOCKS, STAMP)) then recount() end
redis.call('HSET', META, 'generation', generation)
redis.call('HSET', ENDED, STAMP, generation)
redis.call('HSET', BLOCKS, STAMP, generation)
if had_begun or lost ~= 'all' then
  redis.call('HSET', META, 'lost_at', whole(now), 'lost_parts', lost)
  keep()
end
return lost
