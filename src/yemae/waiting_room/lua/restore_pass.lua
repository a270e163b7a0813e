-- Lets somebody back in whose pass the store has lost, as long as there is room.
-- ARGV: offset, user, number, end of the pass in ms, active_limit (0: none)
-- Returns: 'open' | 'ended' (no room: their queue token takes them to the front of the line)
local user, number, ends_at, limit = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if is_over(user, number) then return 'ended' end
local pass = live_pass(user)
if pass == number then return 'open' end
if pass and pass ~= UNKNOWN then return 'ended' end
if tonumber(redis.call('ZSCORE', ACTIVE, user) or 0) <= now then
  if ends_at <= now or (limit > 0 and redis.call('ZCARD', ACTIVE) >= limit) then return 'ended' end
  open_pass(user, number, ends_at)
  redis.call('SREM', UNUSED, user)
  back_inside()
end
adopt(user, number)
keep()
return 'open'
