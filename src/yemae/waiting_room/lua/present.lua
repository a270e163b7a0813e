-- Notes that fans are present who were answered from a snapshot.
-- ARGV: offset, a MessagePack array with, for each: user, number, lane, for how long (ms)
-- Returns: the indexes (from 0) of those who are not where their token says, and must be looked at
local fans, to_look_at = cmsgpack.unpack(ARGV[2]), {}
for i = 1, #fans, 4 do
  local user, score = fans[i], fans[i + 2] * LANE + fans[i + 1]
  if tonumber(redis.call('ZSCORE', LINE, user)) == score then
    redis.call('ZADD', SEEN, whole(now + fans[i + 3]), user)
  else
    to_look_at[#to_look_at + 1] = (i - 1) / 4
  end
end
return to_look_at
