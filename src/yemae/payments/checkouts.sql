-- name: open_checkout
insert into checkouts (id, user_id, order_id, concert_id, pass_number, provider, method, amount,
                       currency, state, terms, idempotency_key, created_at, expires_at, look_at)
values (%(id)s, %(user_id)s, %(order_id)s, %(concert_id)s, %(pass_number)s, %(provider)s,
        %(method)s, %(amount)s, %(currency)s, 'pending', %(terms)s, %(idempotency_key)s,
        %(created_at)s, %(expires_at)s, %(look_at)s)
returning not exists (
    select from checkouts as earlier
    where earlier.user_id = %(user_id)s and earlier.idempotency_key is not null
        and earlier.order_id = %(order_id)s
) as is_first

-- name: checkout_by_key
select id, user_id, order_id, concert_id, pass_number, provider, method, amount, currency, state,
       reason, reference, redirect_url, terms, idempotency_key, created_at, expires_at, hold_ends_at,
       lease_until, busy_until, attempts, look_at, handed_over_at, settled_at, transfer_id
from checkouts
where user_id = %(user_id)s and idempotency_key = %(idempotency_key)s

-- name: checkout_by_id
select id, user_id, order_id, concert_id, pass_number, provider, method, amount, currency, state,
       reason, reference, redirect_url, terms, idempotency_key, created_at, expires_at, hold_ends_at,
       lease_until, busy_until, attempts, look_at, handed_over_at, settled_at, transfer_id
from checkouts
where id = %(id)s

-- name: checkouts_by_ids
-- Not locked: of these, only what never changes may be used before their locks are had.
select id, user_id, order_id, concert_id, pass_number, provider, method, amount, currency, state,
       reason, reference, redirect_url, terms, idempotency_key, created_at, expires_at, hold_ends_at,
       lease_until, busy_until, attempts, look_at, handed_over_at, settled_at, transfer_id
from checkouts
where id = any(%(ids)s::uuid[])

-- name: lock_checkouts
-- In id order, one by one, as lock_seats does.
select wanted.id, yemae_now() as now, false as is_busy,
       c.id, c.user_id, c.order_id, c.concert_id, c.pass_number, c.provider, c.method, c.amount,
       c.currency, c.state, c.reason, c.reference, c.redirect_url, c.terms, c.idempotency_key,
       c.created_at, c.expires_at, c.hold_ends_at, c.lease_until, c.busy_until, c.attempts, c.look_at,
       c.handed_over_at, c.settled_at, c.transfer_id
from unnest(%(ids)s::uuid[]) as wanted (id)
cross join lateral (
    select * from checkouts where checkouts.id = wanted.id for no key update
) as c

-- name: try_checkouts
-- The same without waiting: a checkout that is locked elsewhere is busy.
select wanted.id, yemae_now() as now, c.id is null as is_busy,
       c.id, c.user_id, c.order_id, c.concert_id, c.pass_number, c.provider, c.method, c.amount,
       c.currency, c.state, c.reason, c.reference, c.redirect_url, c.terms, c.idempotency_key,
       c.created_at, c.expires_at, c.hold_ends_at, c.lease_until, c.busy_until, c.attempts, c.look_at,
       c.handed_over_at, c.settled_at, c.transfer_id
from unnest(%(ids)s::uuid[]) as wanted (id)
left join lateral (
    select * from checkouts where checkouts.id = wanted.id for no key update skip locked
) as c on true

-- name: note_start
-- The provider knows it now; once a fan has come back it may have been settled already.
update checkouts
set reference = coalesce(%(reference)s, reference), redirect_url = %(redirect_url)s
where id = %(id)s

-- name: write_checkouts
-- What was decided under their locks. A settled checkout never changes.
with written as (
    update checkouts as c
    set state = w.state, reason = w.reason, reference = w.reference,
        hold_ends_at = w.hold_ends_at, lease_until = w.lease_until,
        busy_until = w.busy_until, attempts = w.attempts, look_at = w.look_at,
        handed_over_at = w.handed_over_at, settled_at = w.settled_at, transfer_id = w.transfer_id
    from json_to_recordset(%(checkouts)s::json) as w (
        id uuid, state text, reason text, reference text, hold_ends_at timestamptz,
        lease_until timestamptz, busy_until timestamptz, attempts int, look_at timestamptz,
        handed_over_at timestamptz, settled_at timestamptz, transfer_id uuid)
    where c.id = w.id and c.settled_at is null
    returning 1
)
select expect_rows(count(*), %(count)s) from written

-- name: claim_due
-- Each goes to one process, and comes again later if that process dies. Another provider's wait for it.
with due as (
    select id from checkouts
    where look_at <= (select yemae_now()) and provider = %(provider)s
    order by look_at
    limit %(count)s
    for no key update skip locked
)
update checkouts as c
set look_at = yemae_now() + %(again_s)s * interval '1 second'
from due
where c.id = due.id
returning c.id

-- name: count_in_doubt
-- What an operator's alert is about: in doubt, and of these handed over.
select count(*)::int as in_doubt, count(handed_over_at)::int as handed_over
from checkouts
where look_at is not null and (state = 'in_doubt' or handed_over_at is not null)

-- name: checkouts_in_doubt
-- For the operators: those that may have captured, the oldest first.
select id, user_id, order_id, provider, amount, currency, reason, created_at, handed_over_at
from checkouts
where look_at is not null and (state = 'in_doubt' or handed_over_at is not null)
order by created_at
limit %(count)s

-- name: captured_of_order
-- What paid an order by card; no row: the wallet did.
select id, provider, amount from checkouts where order_id = %(order_id)s and state = 'captured'
