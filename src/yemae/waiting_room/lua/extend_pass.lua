-- Keeps passes open at least until a given time; an ended pass stays ended. The own end of a pass is
-- kept, so that holding again cannot extend it without limit.
-- FOR EACH:
--   user
--   number      as text
--   ends_at_ms  the new end
-- Returns nothing.
local users, numbers, new_ends = columns(each)
if #users == 0 then return end
local kept, ends = passes_of(users)
local own_ends = redis.call('HMGET', OWN_ENDS, unpack(users))
local extended, first = {}, {}
for i, user in ipairs(users) do
  local pass, own_end = claimed_pass(user, numbers[i], kept[i], ends[i])
  if pass == numbers[i] then
    if not own_ends[i] and new_ends[i] > tonumber(own_end) then
      first[#first + 1], first[#first + 2] = user, own_end
    end
    extended[#extended + 1], extended[#extended + 2] = whole(new_ends[i]), user
  end
end
if #first > 0 then redis.call('HSET', OWN_ENDS, unpack(first)) end
if #extended > 0 then redis.call('ZADD', ACTIVE, 'GT', unpack(extended)) end
