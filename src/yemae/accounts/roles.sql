-- name: grants_of_user
select role, concert_id from role_grants where user_id = %(user_id)s

-- name: user_to_grant
-- By id, or by email address: an id comes first, because it was not the fan who chose it. The lock
-- lets a role wait for the deletion of the account.
select id, name, email from users
where id = %(who)s or email = %(email)s
order by (id = %(who)s) desc
limit 1
for key share

-- name: grant_role
insert into role_grants (id, user_id, role, concert_id, granted_by)
values (%(id)s, %(user_id)s, %(role)s, %(concert_id)s, %(granted_by)s)
on conflict on constraint role_grants_once do nothing
returning id

-- name: take_role_back
delete from role_grants
where user_id = %(user_id)s and role = %(role)s and concert_id is not distinct from %(concert_id)s
returning id

-- name: all_grants
-- With those who have the role of before, which is that of an admin.
select g.user_id, u.name, u.email, g.role, g.concert_id, g.granted_by, g.granted_at
from role_grants as g
join users as u on u.id = g.user_id
union all
select id, name, email, 'admin', null, null, null from users where role = 'operator'
order by email, user_id, role, concert_id
