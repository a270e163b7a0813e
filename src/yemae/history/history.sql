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
-- In small steps. The last row of before is kept for a year, because a second or a minute without a row
-- is like the one before it: what has not changed for an hour is still known.
delete from history
where (concert_id, every_s, at) in (
    select h.concert_id, h.every_s, h.at
    from (
        values (1, yemae_now() - interval '1 hour'), (60, yemae_now() - interval '30 days')
    ) as kept (every_s, since)
    join history as h on h.every_s = kept.every_s and h.at < kept.since
    where h.at < yemae_now() - interval '1 year' or exists (
        select from history as later
        where later.concert_id = h.concert_id and later.every_s = h.every_s
          and later.at > h.at and later.at < kept.since
    )
    limit %(limit)s
)
