-- A page of the counts of a queue's blocks.
-- ARGUMENTS:
--   cursor  '0' at first
--   count   the approximate size of the page
-- RETURNS:
--   next_cursor  '0' at the end
--   state        'counted' | 'lost': the store has lost the counts, and they are not all back yet
--   found        block and count, in turn
local page, found = redis.call('HSCAN', BLOCKS, cursor, 'COUNT', count), {}
for i = 1, #page[2], 2 do
  if page[2][i] ~= STAMP then
    found[#found + 1] = page[2][i]
    found[#found + 1] = page[2][i + 1]
  end
end
-- A queue that has not begun has no stamp, and has lost nothing.
local is_stamped = redis.call('HEXISTS', BLOCKS, STAMP) == 1
local has_begun = redis.call('HEXISTS', ENDED, STAMP) + redis.call('HEXISTS', META, 'generation') > 0
return reply{next_cursor = page[1], state = (is_stamped or not has_begun) and 'counted' or 'lost',
  found = found}
