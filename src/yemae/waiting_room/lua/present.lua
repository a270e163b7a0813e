-- Notes the presence of fans whose polls were answered from a snapshot.
-- FOR EACH:
--   user
--   number
--   lane
--   present_ms  for how long the fan counts as present
-- Returns the indexes (from 0) of the fans who are not where their token says: look these up.
local to_look_up, index = {}, -1
for user, number, lane, present_ms in each() do
  index = index + 1
  if tonumber(redis.call('ZSCORE', LINE, user)) == lane * LANE + number then
    redis.call('ZADD', SEEN, whole(now + present_ms), user)
  else
    to_look_up[#to_look_up + 1] = index
  end
end
return to_look_up
