-- Whether each pass lets its owner in now.
-- FOR EACH:
--   user
--   number  as text
-- RETURNS FOR EACH:
--   word    'open' | 'ended': expired, used, given up or revoked | 'lost': neither open nor ended, so
--     the store has lost its data, wherever the fan stands now
--   end_ms  when it is open: the end of the pass without its holds
for user, number in each() do
  local word, end_ms = 'ended', 0
  local kept, ends_at = live_pass(user)
  if kept == UNKNOWN and not is_over(user, number) then
    adopt(user, number)
    kept = number
  end
  if kept == number then
    word, end_ms = 'open', redis.call('HGET', OWN_ENDS, user) or ends_at
    redis.call('SREM', UNUSED, user)
  elseif not kept and not is_over(user, number) then
    word = 'lost'
  end
  add{word = word, end_ms = end_ms}
end
return answer
