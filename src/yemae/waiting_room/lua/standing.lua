-- Where a user stands, for operators: nothing is changed, and the fan does not count as present.
-- ARGUMENTS:
--   user
-- RETURNS:
--   word     'waiting' | 'absent' | 'admitted' | 'over': none, but one before | 'none'
--   number   as text, 'over': of the last place; '0' where it is not known
--   lane
--   ahead    the fans ahead in the lane, of a fan who waits
--   ends_at  'admitted': the end of the pass in ms; 'absent': that of the place; else 0
local pass_ends = tonumber(redis.call('ZSCORE', ACTIVE, user) or 0)
if pass_ends > now then
  local number = redis.call('HGET', PASSES, user) or UNKNOWN
  return reply{word = 'admitted', number = number, lane = 0, ahead = 0, ends_at = whole(pass_ends)}
end
local score = tonumber(redis.call('ZSCORE', LINE, user))
if score then
  return reply{
    word = 'waiting', number = whole(number_of(score)), lane = lane_of(score),
    ahead = ahead_of(score), ends_at = 0,
  }
end
local place_ends = tonumber(redis.call('ZSCORE', GONE, user) or 0)
score = tonumber(redis.call('ZSCORE', ABSENT, user))
if score and place_ends > now then
  return reply{
    word = 'absent', number = whole(number_of(score)), lane = lane_of(score), ahead = 0,
    ends_at = whole(place_ends),
  }
end
if score then return reply{word = 'over', number = whole(number_of(score)), lane = 0, ahead = 0, ends_at = 0} end
local last = redis.call('HGET', ENDED, user)
-- Of a place that was given back, and that the store has lost since, only the fan's token is left.
if last and tonumber(last) % 1 == 0 then
  return reply{word = 'over', number = last, lane = 0, ahead = 0, ends_at = 0}
end
return reply{word = 'none', number = UNKNOWN, lane = 0, ahead = 0, ends_at = 0}
