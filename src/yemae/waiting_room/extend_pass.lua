-- Keeps passes open at least until a given time; one that is over stays over.
-- ARGV: offset, then for each pass: user, number, new end in ms
-- Returns: how many were extended
local extended = 0
for i = 2, #ARGV, 3 do
  local user, number, ends_at = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if live_pass(user) == number then
    redis.call('ZADD', ACTIVE, 'GT', ends_at, user)
    extended = extended + 1
  end
end
return extended
