-- All charges of the test bank, or one.
-- KEYS:
--   book  a hash: id of the charge, the charge as JSON
-- ARGUMENTS:
--   charge  its id, or '' for all
-- Returns them as a JSON array.
local found = {}
if charge == '' then
  found = redis.call('HVALS', BOOK)
else
  found = {redis.call('HGET', BOOK, charge) or nil}
end
return '[' .. table.concat(found, ',') .. ']'
