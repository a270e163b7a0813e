-- name: ask_confirmation
insert into email_confirmations (id, email, user_id, old_email, name, password_hash, terms, language)
values (%(id)s, %(email)s, %(user_id)s, %(old_email)s, %(name)s, %(password_hash)s, %(terms)s,
        %(language)s)

-- name: tell_confirmation
-- A link to an address that no account has; to one that has an account, only that there is one. Where
-- such a mail was sent within the last ten minutes and its link not used, it is on its way: that link is
-- good for this one as well.
with wanted as (
    select c.id, c.email,
           case when exists (select from users where users.email = c.email) then 'email_taken'
                else 'confirm_email' end as kind
    from email_confirmations as c
    where c.id = %(id)s
)
insert into messages (kind, cause)
select w.kind, w.id
from wanted as w
where not exists (
    select from email_confirmations as earlier
    join messages as m on m.kind = w.kind and m.cause = earlier.id
    where earlier.email = w.email and earlier.used_at is null
      and earlier.created_at > yemae_now() - interval '10 minutes')

-- name: waiting_confirmations
-- All that wait at the address of a link that is good, its own and then the newest first, each with the
-- password of its account: the link proves the address, and the password tells which is the fan's own.
select c.id, c.email, c.user_id, c.old_email, c.name,
       coalesce(c.password_hash, u.password_hash) as password_hash, c.terms, c.language
from email_confirmations as link
join email_confirmations as c on c.email = link.email
left join users as u on u.id = c.user_id
where link.id = %(id)s and link.used_at is null
  and link.created_at > yemae_now() - interval '1 day'
  and c.used_at is null and c.created_at > yemae_now() - interval '1 day'
order by (c.id = link.id) desc, c.created_at desc, c.id
limit %(limit)s

-- name: use_confirmation
-- Once, within a day, also of two tries at the same moment; the link that was opened is used up as well.
update email_confirmations set used_at = yemae_now()
where id = any(%(ids)s::uuid[]) and used_at is null
  and created_at > yemae_now() - interval '1 day'
returning id

-- name: drop_confirmations
-- Of an account that is made: its row has all of it now.
delete from email_confirmations where id = any(%(ids)s::uuid[])

-- name: change_email
-- Where the account still has the address of before. That of another account is refused by the table.
update users set email = %(email)s
where id = %(user_id)s and email = %(old_email)s
returning id, name, email, role

-- name: tell_email_changed
insert into messages (kind, cause) values ('email_changed', %(id)s)

-- name: forget_confirmations
delete from email_confirmations where created_at < yemae_now() - interval '7 days'
