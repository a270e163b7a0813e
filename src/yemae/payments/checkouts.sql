-- name: open_checkout
insert into checkouts (id, user_id, order_id, concert_id, pass_number, provider, method, amount,
                       currency, state, terms, idempotency_key, created_at, expires_at, look_at)
values (%(id)s, %(user_id)s, %(order_id)s, %(concert_id)s, %(pass_number)s, %(provider)s,
        %(method)s, %(amount)s, %(currency)s, 'pending', %(terms)s, %(idempotency_key)s,
        %(created_at)s, %(expires_at)s, %(look_at)s)

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

-- name: lock_checkout
select yemae_now() as now,
       id, user_id, order_id, concert_id, pass_number, provider, method, amount, currency, state,
       reason, reference, redirect_url, terms, idempotency_key, created_at, expires_at, hold_ends_at,
       lease_until, busy_until, attempts, look_at, handed_over_at, settled_at, transfer_id
from checkouts
where id = %(id)s
for no key update

-- name: note_start
-- The provider knows it now; once a fan has come back it may have been settled already.
update checkouts
set reference = coalesce(%(reference)s, reference), redirect_url = %(redirect_url)s
where id = %(id)s

-- name: write_checkout
-- What was decided under the lock. A settled checkout never changes.
with written as (
    update checkouts
    set state = %(state)s, reason = %(reason)s, reference = %(reference)s,
        hold_ends_at = %(hold_ends_at)s, lease_until = %(lease_until)s,
        busy_until = %(busy_until)s, attempts = %(attempts)s, look_at = %(look_at)s,
        handed_over_at = %(handed_over_at)s, settled_at = %(settled_at)s,
        transfer_id = %(transfer_id)s
    where id = %(id)s and settled_at is null
    returning 1
)
select expect_rows(count(*), 1) from written

-- name: claim_due
-- Each goes to one process, and comes again later if that process dies.
with due as (
    select id from checkouts
    where look_at <= (select yemae_now())
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
