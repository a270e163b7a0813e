-- A page of the fans who have, or had, a place.
-- ARGUMENTS:
--   which   'line' | 'absent' | 'passes' | 'ended'
--   cursor  '0' at first
--   count   the approximate size of the page
-- RETURNS:
--   next_cursor  '0' at the end
--   found        user and number, in turn
local page, found = nil, {}
if which == 'line' or which == 'absent' then
  page = redis.call('ZSCAN', which == 'line' and LINE or ABSENT, cursor, 'COUNT', count)
else
  page = redis.call('HSCAN', which == 'passes' and PASSES or ENDED, cursor, 'COUNT', count)
end
for i = 1, #page[2], 2 do
  local user, score = page[2][i], page[2][i + 1]
  if user ~= STAMP and score ~= UNKNOWN and tonumber(score) % 1 == 0 then
    found[#found + 1] = user
    found[#found + 1] = whole(number_of(tonumber(score)))
  end
end
return reply{next_cursor = page[1], found = found}
