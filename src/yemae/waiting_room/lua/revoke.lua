-- Ends the pass of a user at an operator's word, and with it the place.
-- ARGV: offset, user
-- Returns: the number of the live pass that was ended, as text: UNKNOWN when the store has lost it;
-- 'none' when there was none
local user = ARGV[2]
local number = live_pass(user)
if not number then return 'none' end
end_pass(user, number, 'revoke')
return number
