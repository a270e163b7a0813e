-- name: ensure_wallets
insert into wallets (user_id, currency)
select user_id, %(currency)s from unnest(%(user_ids)s::text[]) as u (user_id) order by user_id
on conflict do nothing

-- name: lock_wallets
-- In user order, one by one, as lock_seats does.
select w.user_id, yemae_now() as now, false as is_busy, w.balance, w.currency
from unnest(%(user_ids)s::text[]) as wanted (user_id)
cross join lateral (
    select * from wallets where wallets.user_id = wanted.user_id for no key update
) as w

-- name: try_wallets
-- The same without waiting: a wallet that is locked elsewhere is busy. The offset is as in try_orders.
select w.user_id, yemae_now() as now, s.user_id is null as is_busy, s.balance, s.currency
from unnest(%(user_ids)s::text[]) as wanted (user_id)
cross join lateral (
    select user_id from wallets where wallets.user_id = wanted.user_id offset 0
) as w
left join lateral (
    select * from wallets where wallets.user_id = wanted.user_id for no key update skip locked
) as s on true

-- name: wallet_of_user
select balance, currency from wallets where user_id = %(user_id)s

-- name: set_balances
-- Says twice whose wallets, so that they are looked up whatever the planner knows.
with changed as (
    update wallets as w
    set balance = b.balance
    from unnest(%(user_ids)s::text[], %(balances)s::bigint[]) as b (user_id, balance)
    where w.user_id = b.user_id and w.user_id = any(%(user_ids)s::text[])
    returning 1
)
select expect_rows(count(*), cardinality(%(user_ids)s::text[])) from changed

-- name: write_transfers
insert into transfers (id, user_id, kind, from_account, to_account, amount, balance_after,
                       order_id, idempotency_key, created_at)
select id, user_id, kind, from_account, to_account, amount, balance_after,
       order_id, idempotency_key, created_at
from json_to_recordset(%(transfers)s::json) as t (
    id uuid, user_id text, kind text, from_account text, to_account text, amount bigint,
    balance_after bigint, order_id uuid, idempotency_key text, created_at timestamptz)

-- name: top_ups_by_key
select t.id, t.user_id, t.kind, t.from_account, t.to_account, t.amount, t.balance_after,
       t.order_id, t.idempotency_key, t.created_at
from unnest(%(user_ids)s::text[], %(idempotency_keys)s::text[]) as k (user_id, idempotency_key)
cross join lateral (
    select * from transfers
    where transfers.user_id = k.user_id and transfers.idempotency_key = k.idempotency_key
    limit 1
) as t

-- name: transfer_by_id
select id, user_id, kind, from_account, to_account, amount, balance_after, order_id,
       idempotency_key, created_at
from transfers
where id = %(id)s

-- name: transfers_of_users
-- The newest of each user by index, and of those the newest.
select t.id, t.user_id, t.kind, t.from_account, t.to_account, t.amount, t.balance_after,
       t.order_id, t.idempotency_key, t.created_at
from unnest(%(user_ids)s::text[]) as u (user_id)
cross join lateral (
    select * from transfers
    where transfers.user_id = u.user_id and (%(before)s::uuid is null or id < %(before)s)
    order by id desc
    limit %(limit)s
) as t
order by t.id desc
limit %(limit)s
