-- name: sign_up
insert into users (id, name, email, password_hash)
values (%(user_id)s, %(name)s, %(email)s, %(password_hash)s)
on conflict (email) do nothing
returning id

-- name: user_by_email
select id, name, email, password_hash from users where email = %(email)s

-- name: user_by_id
select id, name, email from users where id = %(user_id)s

-- name: ensure_users
insert into users (id)
select id from unnest(%(user_ids)s::text[]) as u (id) order by id
on conflict do nothing
