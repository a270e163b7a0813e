-- name: lock_orders_of_fan
-- In id order, as lock_orders does. Keys of a guest's requests end with the guest's sign-ins.
select id from orders where user_id = %(user_id)s order by id for no key update

-- name: move_orders
with moved as (
    update orders set user_id = %(user_id)s, idempotency_key = null
    where id = any(%(order_ids)s::uuid[])
    returning 1
)
select expect_rows(count(*), cardinality(%(order_ids)s::uuid[])) from moved

-- name: what_guest_has_open
-- What the guest's own sign-in is still needed for. The two conditions on the status are together
-- "held": the first is that of the index of a fan's live orders, and neither is that of the index of
-- all holds of a sale, which would be read as a whole.
select exists (
    select from orders
    where user_id = %(user_id)s and status in ('held', 'paid') and status <> 'paid'
      and expires_at > yemae_now()
) as has_holds,
exists (
    select from checkouts where user_id = %(user_id)s and look_at is not null
) as has_checkouts
