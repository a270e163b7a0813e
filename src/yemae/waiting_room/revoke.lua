-- Ends the pass of a user at an operator's word, and with it the place.
-- ARGV: offset, user
-- Returns: 1 when there was a live pass, 0 when not
local user = ARGV[2]
local number = live_pass(user)
if not number then return 0 end
end_pass(user, number, 'revoke')
return 1
