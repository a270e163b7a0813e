-- name: begin_queue
-- The first process gives the queue its generation.
insert into queue_generations (concert_id, generation)
values (%(concert_id)s, %(generation)s)
on conflict (concert_id) do nothing

-- name: generation_of_queue
select generation, has_begun, inside from queue_generations where concert_id = %(concert_id)s

-- name: held_passes
-- Live holds of a queue with the passes that they were made with, but for passes that ended with
-- the payment of another order.
select o.user_id, o.pass_number, max(o.expires_at) as ends_at
from orders as o
where o.status = 'held' and o.expires_at > (select yemae_now())
  and o.performance_key = any(%(performance_keys)s::int[])
  and o.sale is not distinct from %(sale)s
  and not exists (
      select from payments as p
      where p.user_id = o.user_id and p.concert_id = %(concert_id)s
        and p.pass_number >= o.pass_number
  )
group by o.user_id, o.pass_number

-- name: note_generation
-- A generation is had for good: what is missing later is lost.
update queue_generations
set generation = %(generation)s, has_begun = true
where concert_id = %(concert_id)s

-- name: note_inside
-- Written only when it has changed, at most once for each count of the seats.
update queue_generations
set inside = %(inside)s, has_begun = true
where concert_id = %(concert_id)s and (inside <> %(inside)s or not has_begun)
