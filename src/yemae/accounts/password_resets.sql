-- name: reset_for_account
-- A link that is an hour old at most, and unused; with what its new password must not be.
select u.id, u.name, u.email
from password_resets as r
join users as u on u.id = r.user_id
where r.id = %(id)s and r.used_at is null and r.created_at > yemae_now() - interval '1 hour'

-- name: use_password_reset
-- Once, within the hour, also of two tries at the same moment; and every other link of the user ends
-- with it. The user's row is locked first, as wherever links end.
with owner as (
    select u.id from users as u
    join password_resets as r on r.user_id = u.id
    where r.id = %(id)s
    for no key update of u
),
used as (
    update password_resets as r set used_at = yemae_now()
    from owner
    where r.id = %(id)s and r.user_id = owner.id and r.used_at is null
      and r.created_at > yemae_now() - interval '1 hour'
    returning r.user_id
),
others as (
    update password_resets as r set used_at = yemae_now()
    from used where r.user_id = used.user_id and r.id <> %(id)s and r.used_at is null
)
update users as u set password_hash = %(password_hash)s
from used where u.id = used.user_id
returning u.id, u.role

-- name: end_password_resets
with owner as (
    select id from users where id = %(user_id)s for no key update
)
update password_resets as r set used_at = yemae_now()
from owner where r.user_id = owner.id and r.used_at is null

-- name: forget_password_resets
delete from password_resets where created_at < yemae_now() - interval '7 days'
