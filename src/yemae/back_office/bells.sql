-- name: paused_at
-- When a queue was paused last; only a queue that is paused asks.
select at from queue_actions
where concert_id = %(concert_id)s and action = 'pause'
order by id desc
limit 1
