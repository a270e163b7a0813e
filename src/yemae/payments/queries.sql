-- name: write_payments
insert into payments (id, order_id, user_id, concert_id, pass_number, amount, balance_after,
                      paid_at, idempotency_key, terms)
select id, order_id, user_id, concert_id, pass_number, amount, balance_after,
       paid_at, idempotency_key, terms
from json_to_recordset(%(payments)s::json) as p (
    id uuid, order_id uuid, user_id text, concert_id text, pass_number bigint, amount bigint,
    balance_after bigint, paid_at timestamptz, idempotency_key text, terms text)

-- name: payments_by_key
select p.id, p.order_id, p.user_id, p.concert_id, p.pass_number, p.amount, p.balance_after,
       p.paid_at, p.idempotency_key, p.terms
from unnest(%(user_ids)s::text[], %(idempotency_keys)s::text[]) as k (user_id, idempotency_key)
cross join lateral (
    select * from payments
    where payments.user_id = k.user_id and payments.idempotency_key = k.idempotency_key
    limit 1
) as p

-- name: payment_of_order
-- With what moves to dearer seats have charged since.
select p.amount + s.amount as amount, p.paid_at, yemae_now() as now
from payments as p
cross join lateral (
    select coalesce(sum(t.amount), 0)::bigint as amount from transfers as t
    where t.order_id = p.order_id and t.kind = 'surcharge'
) as s
where p.order_id = %(order_id)s

-- name: passes_used
-- Which of these passes ended with a payment, or were revoked. Either ends its own place and every
-- older one of the same fan, as end_pass.lua does; the waiting room asks when it has forgotten. Those
-- of a guest who was merged into an account have all ended: their sign-outs may not be known yet. With
-- a checkout: the pass has not ended, but may be about to, as the provider may have captured.
select k.concert_id, k.user_id, k.pass_number as number, used.checkout_id
from unnest(%(user_ids)s::text[], %(concert_ids)s::text[], %(pass_numbers)s::bigint[])
    as k (user_id, concert_id, pass_number)
cross join lateral (
    select null::uuid as checkout_id from payments as p
    where p.user_id = k.user_id and p.concert_id = k.concert_id and p.pass_number >= k.pass_number
    union all
    select null from revoked_passes as r
    where r.user_id = k.user_id and r.concert_id = k.concert_id and r.pass_number >= k.pass_number
    union all
    select null from merged_users as m where m.guest_id = k.user_id
    union all
    select c.id from checkouts as c
    where c.user_id = k.user_id and c.concert_id = k.concert_id and c.pass_number >= k.pass_number
      and c.lease_until > yemae_now()
    limit 1
) as used

-- name: passes_kept_over
-- Which of these passes an operator does not give back: those of passes_used, but for one that was
-- itself the last to be revoked.
select k.concert_id, k.user_id, k.pass_number as number
from unnest(%(user_ids)s::text[], %(concert_ids)s::text[], %(pass_numbers)s::bigint[])
    as k (user_id, concert_id, pass_number)
where exists (
    select from payments as p
    where p.user_id = k.user_id and p.concert_id = k.concert_id and p.pass_number >= k.pass_number
) or exists (
    select from revoked_passes as r
    where r.user_id = k.user_id and r.concert_id = k.concert_id and r.pass_number > k.pass_number
) or exists (
    select from merged_users as m where m.guest_id = k.user_id
) or exists (
    select from checkouts as c
    where c.user_id = k.user_id and c.concert_id = k.concert_id and c.pass_number >= k.pass_number
      and c.lease_until > yemae_now()
)

-- name: receipt_of_order
select id, order_id, user_id, concert_id, pass_number, amount, balance_after, paid_at,
       idempotency_key, terms
from payments
where order_id = %(order_id)s

-- name: revoke_pass
-- The number never falls, so that no older pass comes back.
insert into revoked_passes (user_id, concert_id, pass_number, revoked_at)
values (%(user_id)s, %(concert_id)s, %(pass_number)s, yemae_now())
on conflict (user_id, concert_id) do update
set pass_number = greatest(revoked_passes.pass_number, excluded.pass_number),
    revoked_at = excluded.revoked_at

-- name: forget_revoked_pass
-- One that was used, or that may just be, stays revoked: its place is not given back.
delete from revoked_passes as r
where r.user_id = %(user_id)s and r.concert_id = %(concert_id)s and r.pass_number = %(pass_number)s
  and not exists (
      select from payments as p
      where p.user_id = r.user_id and p.concert_id = r.concert_id and p.pass_number >= r.pass_number
  )
  and not exists (
      select from checkouts as c
      where c.user_id = r.user_id and c.concert_id = r.concert_id and c.pass_number >= r.pass_number
        and c.lease_until > yemae_now()
  )

-- name: revoked_since
-- Revocations made lately, for ending passes that are still open in Valkey.
select concert_id, user_id, pass_number as number
from revoked_passes
where revoked_at > %(since)s
order by revoked_at
limit %(step)s

-- name: payments_since
-- Payments made lately, for ending passes that a crash left open. Those of the box office have none.
select id, order_id, user_id, concert_id, pass_number, amount, balance_after, paid_at,
       idempotency_key, terms
from payments
where id > %(after)s and pass_number >= 0
order by id
limit %(step)s
