-- Whether each pass lets its owner in now.
-- FOR EACH:
--   user
--   number  as text
-- RETURNS FOR EACH:
--   word    'open' | 'ended': expired, used, given up or revoked, also when the place was given back
--     since | 'lost': neither open nor ended, so the store has lost its data, wherever the fan stands now
--   end_ms  when it is open: the end of the pass without its holds
local users, numbers = columns(each)
if #users == 0 then return answer end
local kept, ends = passes_of(users)
local own_ends = redis.call('HMGET', OWN_ENDS, unpack(users))
local through = {}
for i, user in ipairs(users) do
  local number = numbers[i]
  local pass, ends_at = claimed_pass(user, number, kept[i], ends[i])
  if pass == number then
    through[#through + 1] = user
    add{word = 'open', end_ms = own_ends[i] or ends_at}
  elseif pass or is_over(user, number) or is_reopened(user, number) then
    add{word = 'ended', end_ms = 0}
  else
    add{word = 'lost', end_ms = 0}
  end
end
if #through > 0 then redis.call('SREM', UNUSED, unpack(through)) end
return answer
