-- name: find_actions
-- Newest first; what is null does not matter. Of a concert, with what was done to phases of it; a
-- concert that was removed has no phases any more. `concerts` are those that the caller may see.
select id, at, who, concert_id, action, details
from queue_actions
where (%(concert_id)s::text is null or concert_id = %(concert_id)s
       or concert_id in (select id from concerts where phase_of = %(concert_id)s))
  and (%(concerts)s::text[] is null or concert_id = any(%(concerts)s)
       or concert_id in (select id from concerts where phase_of = any(%(concerts)s)))
  and (%(who)s::text is null or who = %(who)s)
  and (%(action)s::text is null or action = %(action)s)
  and (%(order_id)s::text is null or details ->> 'order' = %(order_id)s)
  and (%(before)s::uuid is null or id < %(before)s)
order by id desc
limit %(limit)s
