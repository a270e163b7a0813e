-- Each user gets a place: the one they have, or the next number.
-- ARGV: offset, user...
-- Returns: waiting now, then for each user four values:
--   'waiting', number, people ahead, 'new' | 'old'
--   'admitted', number, end of the pass in ms, 'old'
local places, joined = {}, false
for i = 2, #ARGV do
  local user = ARGV[i]
  local number, ends_at = live_pass(user)
  if number then
    places[i] = {'admitted', number, ends_at, 'old'}
  else
    local freshness = 'old'
    number = live_wait(user)
    if not number then
      number = next_number()
      redis.call('ZADD', LINE, number, user)
      redis.call('ZADD', SEEN, now, user)
      freshness, joined = 'new', true
    end
    places[i] = {'waiting', number, redis.call('ZRANK', LINE, user), freshness}
  end
end
if joined then keep() end
local answer = {redis.call('ZCARD', LINE)}
for i = 2, #ARGV do
  for _, value in ipairs(places[i]) do answer[#answer + 1] = value end
end
return answer
