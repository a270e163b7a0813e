-- name: note_dispute
-- What the provider says of it now; one that has ended ends once, unless it says something else.
-- An answer to an earlier question changes nothing.
insert into disputes (id, checkout_id, order_id, reference, amount, reason, state, closed_at,
                      asked_at)
values (%(id)s, %(checkout_id)s, %(order_id)s, %(reference)s, %(amount)s, %(reason)s, %(state)s,
        case when %(state)s <> 'open' then yemae_now() end, %(asked_at)s)
on conflict on constraint dispute_has_one_row do update
set state = excluded.state, amount = excluded.amount, reason = excluded.reason,
    closed_at = case when excluded.state <> 'open' then yemae_now() end,
    asked_at = excluded.asked_at
where (disputes.asked_at <= excluded.asked_at) is not false
  and (disputes.state, disputes.amount) <> (excluded.state, excluded.amount)
returning state

-- name: open_dispute_of_order
select yemae_now() as now,
       exists (select from disputes where order_id = %(order_id)s and state = 'open') as is_open,
       exists (select from disputes where order_id = %(order_id)s and state <> 'won') as shuts_door

-- name: claim_disputes
-- Open ones that the provider was not asked about for a while; each goes to one process. An answer to a
-- question of before the claim changes nothing.
with due as (
    select id from disputes
    where state = 'open'
      and (asked_at > yemae_now() - %(age_s)s * interval '1 second') is not true
    order by asked_at nulls first
    limit %(count)s
    for no key update skip locked
)
update disputes as d
set asked_at = yemae_now()
from due
where d.id = due.id
returning d.checkout_id

-- name: count_disputes
select count(*)::int as open from disputes where state = 'open'

-- name: list_disputes
-- For the operators, the newest first, from one on: of a state, or all; those of these concerts, or all.
select d.id, d.checkout_id, d.order_id, c.user_id, c.provider, d.reference, d.amount, c.currency,
       d.reason, d.state, d.opened_at, d.closed_at
from disputes as d
join checkouts as c on c.id = d.checkout_id
left join orders as o on o.id = d.order_id
left join performances as p on p.key = o.performance_key
where (%(state)s::text is null or d.state = %(state)s)
  and (%(concerts)s::text[] is null or p.concert_id = any(%(concerts)s))
  and (%(before)s::uuid is null or d.id < %(before)s)
order by d.id desc
limit %(count)s
