-- name: sign_up
insert into users (id, name, email, password_hash, terms)
values (%(user_id)s, %(name)s, %(email)s, %(password_hash)s, %(terms)s)
on conflict (email) do nothing
returning id

-- name: user_by_email
-- An account of an earlier version may have the address as it was typed, beside one that has it
-- composed: each signs in as it is written.
select id, name, email, password_hash, role,
       (select extract(epoch from at)::float8 from sign_outs where user_id = users.id)
           as signed_out_s
from users
where email = %(email)s or email = %(as_typed)s
order by (email = %(as_typed)s) desc
limit 1

-- name: user_by_id
select id, name, email from users where id = %(user_id)s

-- name: profile_of_user
select id, name, email, password_hash is not null as has_password from users where id = %(user_id)s

-- name: ensure_users
insert into users (id)
select id from unnest(%(user_ids)s::text[]) as u (id) order by id
on conflict do nothing

-- name: name_user
update users set name = %(name)s where id = %(user_id)s and name is null

-- name: set_role
-- By id, or by email address: an id comes first, because it was not the fan who chose it.
update users set role = %(role)s
where id = (
    select id from users where id = %(who)s or email = %(email)s
    order by (id = %(who)s) desc
    limit 1
)
returning id, name, email

-- name: role_of_user
select role from users where id = %(user_id)s

-- name: users_with_role
select id, name, email from users where role = %(role)s order by email, id

-- name: rename_user
insert into users (id, name) values (%(user_id)s, %(name)s)
on conflict (id) do update set name = excluded.name
returning id, name, email

-- name: change_password
-- Only in the place of the one that was typed: a reset may have come in between.
update users set password_hash = %(password_hash)s
where id = %(user_id)s and password_hash = %(before)s
returning role
