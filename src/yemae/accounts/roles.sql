-- name: grants_of_user
select role, concert_id from role_grants where user_id = %(user_id)s

-- name: user_to_grant
-- By id, or by email address: an id comes first, because it was not the fan who chose it. The lock
-- and the deletion of the account wait for one another: the deletion takes the role along, or the
-- address is gone.
select id, name, email from users
where id = %(who)s or email = %(email)s
order by (id = %(who)s) desc
limit 1
for key share

-- name: grant_role
-- The update changes nothing: it lets a role that is there be returned.
with given as (
    insert into role_grants (id, user_id, role, concert_id, granted_by)
    values (%(id)s, %(user_id)s, %(role)s, %(concert_id)s, %(granted_by)s)
    on conflict on constraint role_grants_once do update set role = excluded.role
    returning *
)
select g.id, g.user_id, u.name, u.email, g.role, g.concert_id, g.granted_by, g.granted_at
from given as g
join users as u on u.id = g.user_id

-- name: take_role_back
-- The role of before is listed as an admin's on the whole server, and goes with it.
with granted as (
    delete from role_grants
    where user_id = %(user_id)s and role = %(role)s
      and concert_id is not distinct from %(concert_id)s
    returning id
),
of_before as (
    update users set role = null
    where id = %(user_id)s and role = 'operator'
      and %(role)s = 'admin' and %(concert_id)s::text is null
    returning id
)
select exists (select from granted) or exists (select from of_before) as had_it

-- name: all_grants
-- With those who have the role of before, which is that of an admin. It has no id of its own: the one
-- that it gets for the order of the list is behind all others.
select id, user_id, name, email, role, concert_id, granted_by, granted_at
from (
    select g.id, g.user_id, u.name, u.email, g.role, g.concert_id, g.granted_by, g.granted_at
    from role_grants as g
    join users as u on u.id = g.user_id
    union all
    select ('f' || left(encode(sha256(convert_to(id, 'UTF8')), 'hex'), 31))::uuid,
           id, name, email, 'admin', null, null, null
    from users
    where role = 'operator'
) as grants
where %(before)s::uuid is null or id < %(before)s
order by id desc
limit %(limit)s
