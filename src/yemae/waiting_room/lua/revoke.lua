-- Ends the pass of a user on behalf of an operator, and with it the place.
-- ARGUMENTS:
--   user
-- Returns the number of the pass that was ended, as text: UNKNOWN when the store has lost it; 'none'
-- when there was no live pass.
local number = live_pass(user)
if not number then return 'none' end
end_pass(user, number, 'revoke')
return number
