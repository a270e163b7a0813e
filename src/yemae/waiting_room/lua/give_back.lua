-- Takes back what a released hold had added to passes: each ends at its own end again, or with the last
-- hold that its fan still has.
-- FOR EACH:
--   user
--   number      as text
--   ends_at_ms  the end of its other holds; 0: it has none
-- Returns nothing.
for user, number, ends_at_ms in each() do
  local own = tonumber(redis.call('HGET', OWN_ENDS, user))
  if own and live_pass(user) == number then
    redis.call('ZADD', ACTIVE, 'LT', whole(math.max(own, ends_at_ms)), user)
  end
end
