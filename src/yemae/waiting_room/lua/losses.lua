-- What the store has lost of a queue, now and the last time.
-- ARGV: offset
-- Returns: the parts that are lost now, as lost_parts says; those of the last loss that was repaired
--   ('': none yet), and the time of it in ms
local kept = redis.call('HMGET', META, 'generation', 'lost_parts', 'lost_at')
return {lost_parts(kept[1]), kept[2] or '', kept[3] or 0}
