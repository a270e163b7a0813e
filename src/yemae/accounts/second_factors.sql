-- name: factors_of_user
-- What an account has besides a password, an authenticator app that was confirmed and passkeys, and
-- whether it was given a role here.
select exists (select from second_factors
               where user_id = %(user_id)s and confirmed_at is not null) as has_app,
       exists (select from passkeys where user_id = %(user_id)s) as has_passkey,
       exists (select from role_grants where user_id = %(user_id)s)
           or exists (select from users where id = %(user_id)s and role is not null) as is_operator

-- name: begin_second_factor
-- One that was never confirmed is replaced: its secret may have been shown and lost.
insert into second_factors (user_id, id) values (%(user_id)s, %(id)s)
on conflict (user_id) do update set id = excluded.id, created_at = yemae_now(), last_step = 0
where second_factors.confirmed_at is null
returning id

-- name: second_factor
select id, confirmed_at, last_step,
       (select count(*) from recovery_codes as c
        where c.user_id = f.user_id and c.used_at is null)::integer as codes_left
from second_factors as f
where f.user_id = %(user_id)s

-- name: use_step
-- A code is good once: of two tries at the same moment the second finds its half minute used.
update second_factors
set last_step = %(step)s, confirmed_at = coalesce(confirmed_at, yemae_now())
where user_id = %(user_id)s and id = %(id)s and last_step < %(step)s
returning id

-- name: use_recovery_code
update recovery_codes set used_at = yemae_now()
where user_id = %(user_id)s and digest = %(digest)s and used_at is null
returning user_id

-- name: write_recovery_codes
with old as (
    delete from recovery_codes where user_id = %(user_id)s
)
insert into recovery_codes (user_id, digest)
select %(user_id)s, decode(digest, 'hex') from unnest(%(digests)s::text[]) as d (digest)

-- name: remove_passkeys
delete from passkeys where user_id = %(user_id)s returning id

-- name: remove_second_factor
with codes as (
    delete from recovery_codes where user_id = %(user_id)s
)
delete from second_factors where user_id = %(user_id)s returning id
