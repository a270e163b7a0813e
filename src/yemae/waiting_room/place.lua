-- Where each token stands; asking is a sign of life.
-- ARGV: offset, then for each token: user, number
-- Returns: waiting now, then for each token three values:
--   'waiting', number, people ahead
--   'admitted', number, end of the pass in ms
--   'ended', number, 0      given up, used, or run out
--   'lost', number, 0       this number is not known: the store has lost its data
local answer = {0}
for i = 2, #ARGV, 2 do
  local user, token = ARGV[i], tonumber(ARGV[i + 1])
  local word, number, value = 'ended', ARGV[i + 1], 0
  local over = redis.call('HGET', ENDED, user)
  if not over or tonumber(over) < token then
    local pass, ends_at = live_pass(user)
    -- live_pass may just have ended this very place.
    over = redis.call('HGET', ENDED, user)
    if pass then
      word, number, value = 'admitted', pass, ends_at
    elseif not over or tonumber(over) < token then
      local waiting = live_wait(user)
      -- After a loss a fan may have joined anew before an older token came back: then the older
      -- place is theirs, unless PostgreSQL knows that it was used, so the caller has to look.
      if not waiting or tonumber(waiting) > token then
        word = 'lost'
      else
        word, number, value = 'waiting', waiting, redis.call('ZRANK', LINE, user)
      end
    end
  end
  answer[#answer + 1] = word
  answer[#answer + 1] = number
  answer[#answer + 1] = value
end
answer[1] = redis.call('ZCARD', LINE)
return answer
