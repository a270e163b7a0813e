-- Writes a charge of the test bank, unless another process has changed it since it was read.
-- KEYS:
--   book  a hash: id of the charge, the charge as JSON
-- ARGUMENTS:
--   charge  its id
--   before  as it was read, '' for a new one
--   after   as it shall be
--   kept_s  how long the book is kept after its last change
-- Returns 'written' or 'changed'.
if (redis.call('HGET', BOOK, charge) or '') ~= before then return 'changed' end
redis.call('HSET', BOOK, charge, after)
redis.call('EXPIRE', BOOK, kept_s)
return 'written'
