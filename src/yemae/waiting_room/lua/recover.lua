-- Begins a queue's generation, and repairs what the store has lost of it. A call does a bounded part of
-- the repair; the next one goes on from there, whichever process makes it, and other scripts may run in
-- between. What follows from the other parts is computed; what only the fans' tokens know comes back
-- with their next polls.
-- ARGUMENTS:
--   recovery.generation     the stamp of a queue that has none
--   recovery.has_begun      false: everything is missing because the queue is new
--   recovery.wait_ms        for how long there is no admission when places are lost
--   recovery.entry_ttl_s
--   recovery.place_ttl_s
--   recovery.inside         the number of fans last known to be admitted
--   recovery.patience_ms    for how long fans count as present whose presence is lost
--   step                    about the maximum number of fans and blocks that this call looks at
-- RETURNS:
--   lost  when this call has ended the repair: the parts that were lost, as lost_parts says; else ''
--   rest  'more': the repair goes on | 'done': also when another process was faster
local entry_ttl_ms, place_ttl_ms = recovery.entry_ttl_s * 1000, recovery.place_ttl_s * 1000

-- In meta while a repair goes on: the parts lost, the index of the task, and where in it the next call
-- goes on ('0': at its beginning).
local state = redis.call('HMGET', META, 'generation', 'repair', 'repair_task', 'repair_cursor')
local lost = lost_parts(state[1])
if lost == '' and not state[2] then return reply{lost = '', rest = 'done'} end
local generation = state[1] or redis.call('HGET', ENDED, STAMP) or redis.call('HGET', BLOCKS, STAMP)
  or recovery.generation
local left = step

local function size(key) return redis.call(key == PASSES and 'HLEN' or 'ZCARD', key) end

-- Give two parts the same members, by going through the larger one. A part is lost as a whole, so a
-- member that only one of them has is in that one. `mend` is called for each member.
local function match(larger, smaller, mend)
  return function(cursor)
    if cursor == '0' and size(larger) <= size(smaller) then return '0' end
    local page = redis.call(larger == PASSES and 'HSCAN' or 'ZSCAN', larger, cursor, 'COUNT', left)
    for i = 1, #page[2], 2 do mend(page[2][i]) end
    left = left - math.max(1, #page[2] / 2)
    return page[1]
  end
end

-- A user without a place leaves the times, and a user without a time gets one.
local function mend_time(places, times, until_ms)
  return function(user)
    if redis.call('ZSCORE', places, user) then
      redis.call('ZADD', times, 'NX', whole(until_ms), user)
    else
      redis.call('ZREM', times, user)
    end
  end
end
local mend_presence = mend_time(LINE, SEEN, now + recovery.patience_ms)
local mend_absence = mend_time(ABSENT, GONE, now + place_ttl_ms)

local function mend_pass(user)
  redis.call('HSETNX', PASSES, user, UNKNOWN)
  redis.call('ZADD', ACTIVE, 'NX', whole(now + entry_ttl_ms), user)
end

-- Count the fans of a block anew. From then on the count is exact while fans come and go. Returns the
-- score at which the next block begins.
local function recount(block)
  local lane = math.floor(block * BLOCK / LANE)
  local index, low, width = block - lane * LANE / BLOCK, block * BLOCK, BLOCK
  if index < DRAWN / DRAWN_BLOCK then low, width = lane * LANE + index * DRAWN_BLOCK, DRAWN_BLOCK end
  local count = redis.call('ZCOUNT', LINE, whole(low), '(' .. whole(low + width))
  if count > 0 then
    redis.call('HSET', BLOCKS, whole(block), count)
  else
    redis.call('HDEL', BLOCKS, whole(block))
  end
  left = left - 1
  return low + width
end

-- The blocks in which fans are, then all that have a count.
local function recount_line(cursor)
  local low = tonumber(cursor)
  while left > 0 do
    local first = redis.call('ZRANGE', LINE, whole(low), '+inf', 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
    if not first[2] then return '0' end
    low = recount(tonumber(block_of(tonumber(first[2]))))
  end
  return whole(low)
end

local function recount_counted(cursor)
  local page = redis.call('HSCAN', BLOCKS, cursor, 'COUNT', left)
  left = left - 1
  for i = 1, #page[2], 2 do
    if page[2][i] ~= STAMP then recount(tonumber(page[2][i])) end
  end
  return page[1]
end

local TASKS = {
  match(LINE, SEEN, mend_presence), match(SEEN, LINE, mend_presence),
  match(ABSENT, GONE, mend_absence), match(GONE, ABSENT, mend_absence),
  match(ACTIVE, PASSES, mend_pass), match(PASSES, ACTIVE, mend_pass),
  recount_line, recount_counted,
}

-- Before the tasks, because they hide what was lost.
local function note_lost_places()
  local is_all = lost == 'all' and recovery.has_begun
  if is_all or redis.call('ZCARD', LINE) < redis.call('ZCARD', SEEN) then
    redis.call('HSET', META, 'wait_until', whole(now + recovery.wait_ms))
  end
  if is_all then
    redis.call('HSET', META, 'reserved', math.max(0, recovery.inside - redis.call('ZCARD', ACTIVE)),
      'reserved_until', whole(now + entry_ttl_ms))
  end
end

local all_lost, task, cursor = state[2] or lost, tonumber(state[3] or 1), state[4] or '0'
if not state[2] then
  note_lost_places()
elseif string.find(lost, 'line') and not string.find(all_lost, 'line') then
  -- The line was lost while another part was repaired.
  note_lost_places()
  all_lost = all_lost .. ' line'
end
while task <= #TASKS and left > 0 do
  cursor = TASKS[task](cursor)
  if cursor == '0' then task = task + 1 end
end

local is_new = all_lost == 'all' and not recovery.has_begun
local is_done = task > #TASKS
if is_done then
  redis.call('HSET', META, 'generation', generation)
  redis.call('HSET', ENDED, STAMP, generation)
  redis.call('HSET', BLOCKS, STAMP, generation)
  redis.call('HDEL', META, 'repair', 'repair_task', 'repair_cursor')
  if not is_new then redis.call('HSET', META, 'lost_at', whole(now), 'lost_parts', all_lost) end
else
  redis.call('HSET', META, 'repair', all_lost, 'repair_task', task, 'repair_cursor', cursor)
end
if not is_new then keep() end
return reply{lost = is_done and all_lost or '', rest = is_done and 'done' or 'more'}
