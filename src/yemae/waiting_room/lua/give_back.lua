-- Takes back what a hold had added to passes, once it is released: each ends at its own end again, or
-- with the last hold that its fan still has.
-- ARGV: offset, a MessagePack array with, for each pass: user, number, end of its holds in ms, 0
--   without any (as text)
-- Returns: how many were shortened
local passes, shortened = cmsgpack.unpack(ARGV[2]), 0
for i = 1, #passes, 3 do
  local user, number, holds_end_at = passes[i], passes[i + 1], tonumber(passes[i + 2])
  local own = tonumber(redis.call('HGET', OWN_ENDS, user))
  if own and live_pass(user) == number then
    redis.call('ZADD', ACTIVE, 'LT', whole(math.max(own, holds_end_at)), user)
    shortened = shortened + 1
  end
end
return shortened
