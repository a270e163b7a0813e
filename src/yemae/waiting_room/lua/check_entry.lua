-- Whether each pass lets its owner in now.
-- ARGV: offset, a MessagePack array with, for each pass: user, number (as text)
-- Returns for each pass two values:
--   'open', end of the pass without its holds, in ms
--   'ended', 0     run out, used, given up, or revoked
--   'lost', 0      neither open nor ended: the store has lost its data, wherever the fan stands now
local passes, answer = cmsgpack.unpack(ARGV[2]), {}
for i = 1, #passes, 2 do
  local user, token = passes[i], passes[i + 1]
  local word, value = 'ended', 0
  local number, ends_at = live_pass(user)
  if number == UNKNOWN and not is_over(user, token) then
    adopt(user, token)
    number = token
  end
  if number == token then
    word, value = 'open', redis.call('HGET', OWN_ENDS, user) or ends_at
    redis.call('SREM', UNUSED, user)
  elseif not number and not is_over(user, token) then
    word = 'lost'
  end
  answer[#answer + 1] = word
  answer[#answer + 1] = value
end
return answer
