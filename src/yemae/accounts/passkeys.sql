-- name: add_passkey
insert into passkeys (id, credential_id, user_id, public_key, sign_count, is_synced, name)
values (%(id)s, %(credential_id)s, %(user_id)s, %(public_key)s, %(sign_count)s, %(is_synced)s,
        %(name)s)
on conflict on constraint passkeys_credential do nothing
returning id, name, is_synced, created_at, used_at

-- name: passkeys_of_user
select id, name, is_synced, created_at, used_at from passkeys
where user_id = %(user_id)s
order by id desc

-- name: credentials_of_user
select credential_id from passkeys where user_id = %(user_id)s order by id desc

-- name: passkey_by_credential
select k.id, k.user_id, k.public_key, k.sign_count, u.role,
       (select extract(epoch from at)::float8 from sign_outs where user_id = u.id) as signed_out_s
from passkeys as k
join users as u on u.id = k.user_id
where k.credential_id = %(credential_id)s

-- name: use_passkey
-- The count only rises, also of two tries at the same moment; a device that does not count says 0.
update passkeys set sign_count = %(sign_count)s, used_at = yemae_now()
where id = %(id)s and (sign_count < %(sign_count)s or (sign_count = 0 and %(sign_count)s = 0))
returning id

-- name: rename_passkey
update passkeys set name = %(name)s
where id = %(id)s and user_id = %(user_id)s
returning id, name, is_synced, created_at, used_at

-- name: remove_passkey
delete from passkeys where id = %(id)s and user_id = %(user_id)s returning id
