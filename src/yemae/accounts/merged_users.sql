-- name: merge_of_guest
select user_id, orders, amount from merged_users where guest_id = %(guest_id)s

-- name: write_merge
-- What was merged into this user before belongs to the account from now on, and its row leads there.
with before as (
    update merged_users set user_id = %(user_id)s where user_id = %(guest_id)s
),
browsers as (
    update push_notices set user_id = %(user_id)s where user_id = %(guest_id)s
),
person as (
    update users set name = null where id = %(guest_id)s and name is not null
)
insert into merged_users (guest_id, user_id, orders, amount)
values (%(guest_id)s, %(user_id)s, %(orders)s, %(amount)s)

-- name: guests_of
select guest_id from merged_users where user_id = %(user_id)s

-- name: guests_with_money
-- Money that came to a guest just after the merge, such as a top-up that was paid by card meanwhile.
select m.guest_id, m.user_id
from merged_users as m
join wallets as w on w.user_id = m.guest_id
where m.merged_at > yemae_now() - interval '7 days' and w.balance > 0
limit %(limit)s
