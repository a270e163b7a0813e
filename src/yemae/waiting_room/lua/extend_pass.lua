-- Keeps passes open at least until a given time; an ended pass stays ended. The own end of a pass is
-- kept, so that holding again cannot extend it without limit.
-- FOR EACH:
--   user
--   number      as text
--   ends_at_ms  the new end
-- Returns nothing.
for user, number, ends_at_ms in each() do
  local pass, own_end = live_pass(user)
  if pass == UNKNOWN and not is_over(user, number) then
    adopt(user, number)
    pass = number
  end
  if pass == number then
    if ends_at_ms > tonumber(own_end) then redis.call('HSETNX', OWN_ENDS, user, own_end) end
    redis.call('ZADD', ACTIVE, 'GT', whole(ends_at_ms), user)
  end
end
