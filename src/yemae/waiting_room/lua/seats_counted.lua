-- Keeps the seat counts for every snapshot.
-- ARGUMENTS:
--   left    seats that can be booked
--   unsold  seats that are not sold
-- Returns nothing.
redis.call('HSET', META, 'seats_left', left, 'seats_unsold', unsold)
keep()
