-- name: ask_confirmation
insert into email_confirmations (id, email, user_id, old_email, name, password_hash, terms, language)
values (%(id)s, %(email)s, %(user_id)s, %(old_email)s, %(name)s, %(password_hash)s, %(terms)s,
        %(language)s)

-- name: tell_confirmation
-- A link to an address that no account has; to one that has an account, only that there is one.
insert into messages (kind, cause)
select case when exists (select from users where users.email = c.email) then 'email_taken'
            else 'confirm_email' end, c.id
from email_confirmations as c
where c.id = %(id)s

-- name: use_confirmation
-- Once, within a day, also of two tries at the same moment.
update email_confirmations set used_at = yemae_now()
where id = %(id)s and used_at is null and created_at > yemae_now() - interval '1 day'
returning id, email, user_id, old_email, name, password_hash, terms, language

-- name: drop_confirmation
-- Of an account that is made: its row has all of it now.
delete from email_confirmations where id = %(id)s

-- name: change_email
-- Where the account still has the address of before, and no other account has the new one.
update users set email = %(email)s
where id = %(user_id)s and email = %(old_email)s
  and not exists (select from users as other where other.email = %(email)s)
returning id, name, email, role

-- name: tell_email_changed
insert into messages (kind, cause) values ('email_changed', %(id)s)

-- name: forget_confirmations
delete from email_confirmations where created_at < yemae_now() - interval '7 days'
