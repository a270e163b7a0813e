-- Opens a pass again that the store has lost, as long as there is room.
-- ARGUMENTS:
--   user
--   number        as text
--   ends_at_ms
--   active_limit  0: none
-- Returns 'open' | 'ended': there is no room, and the queue token leads to the front of the line; or the
-- place was given back, and the fan is in the line with it.
if is_over(user, number) or is_reopened(user, number) then return 'ended' end
local pass = live_pass(user)
if pass == number then return 'open' end
if pass and pass ~= UNKNOWN then return 'ended' end
if tonumber(redis.call('ZSCORE', ACTIVE, user) or 0) <= now then
  local is_full = active_limit > 0 and redis.call('ZCARD', ACTIVE) >= active_limit
  if ends_at_ms <= now or is_full then return 'ended' end
  open_pass(user, number, ends_at_ms)
  redis.call('SREM', UNUSED, user)
  back_inside()
end
adopt(user, number)
keep()
return 'open'
