-- A page of everybody who has, or had, a place.
-- ARGV: offset, which: 'line' | 'absent' | 'passes' | 'ended', cursor ('0' at first), about how many
-- Returns: the next cursor ('0' at the end), then for each: user, number
local which, page, answer = ARGV[2], nil, {}
if which == 'line' or which == 'absent' then
  page = redis.call('ZSCAN', which == 'line' and LINE or ABSENT, ARGV[3], 'COUNT', ARGV[4])
else
  page = redis.call('HSCAN', which == 'passes' and PASSES or ENDED, ARGV[3], 'COUNT', ARGV[4])
end
answer[1] = page[1]
for i = 1, #page[2], 2 do
  local user, score = page[2][i], page[2][i + 1]
  if user ~= STAMP and score ~= UNKNOWN then
    answer[#answer + 1] = user
    answer[#answer + 1] = whole(number_of(tonumber(score)))
  end
end
return answer
