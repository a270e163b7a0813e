-- What the store has lost of a queue, now and the last time.
-- RETURNS:
--   now             the parts that are lost now, as lost_parts says
--   repaired        the parts of the last loss that was repaired; '': none yet
--   repaired_at_ms  the time of that loss; 0: none yet
local kept = redis.call('HMGET', META, 'generation', 'lost_parts', 'lost_at')
return reply{now = lost_parts(kept[1]), repaired = kept[2] or '', repaired_at_ms = kept[3] or 0}
