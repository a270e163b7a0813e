-- Keeps how many seats can be booked, and how many are not sold.
-- ARGV: offset, left, unsold
-- Returns: nothing of interest
redis.call('HSET', META, 'seats_left', ARGV[2], 'seats_unsold', ARGV[3])
keep()
return 'kept'
