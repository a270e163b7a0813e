-- name: write_history
-- Any number of nodes write the same second or minute: the first one counts.
insert into history (concert_id, every_s, at, figures)
select concert_id, every_s, at, figures::jsonb
from unnest(
    %(concert_ids)s::text[], %(every)s::int[], %(at)s::timestamptz[], %(figures)s::text[]
) as r (concert_id, every_s, at, figures)
order by concert_id, every_s, at
on conflict do nothing

-- name: read_history
select at, figures
from history
where concert_id = %(concert_id)s and every_s = %(every_s)s and at >= %(since)s
order by at
limit %(limit)s

-- name: read_history_texts
-- As it is written: where figures are large, to read them takes longer than to fetch them.
select at, figures::text as figures
from history
where concert_id = %(concert_id)s and every_s = %(every_s)s and at >= %(since)s
order by at
limit %(limit)s

-- name: latest_history
-- What a figure was at a moment: a second without a row is like the one before it.
select at, figures
from history
where concert_id = %(concert_id)s and every_s = 1 and at <= %(at)s
order by at desc
limit 1

-- name: history_before
-- What the first row from a moment on is compared with.
select at, figures
from history
where concert_id = %(concert_id)s and every_s = %(every_s)s and at < %(since)s
order by at desc
limit 1

-- name: forget_old_history
-- In small steps: each takes what is the oldest.
delete from history
where (concert_id, every_s, at) in (
    select concert_id, every_s, at
    from history
    where (every_s = 1 and at < yemae_now() - interval '1 hour')
       or (every_s = 60 and at < yemae_now() - interval '30 days')
    limit %(limit)s
)
