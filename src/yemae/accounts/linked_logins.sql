-- name: account_of_identity
select u.id, u.role,
       (select extract(epoch from at)::float8 from sign_outs where user_id = u.id) as signed_out_s
from identities as i
join users as u on u.id = i.user_id
where i.issuer = %(issuer)s and i.subject = %(subject)s

-- name: claim_identity
-- A first sign-in from two windows at once makes one account: the second waits here for the first.
insert into identities (issuer, subject, user_id)
values (%(issuer)s, %(subject)s, %(user_id)s)
on conflict do nothing
returning user_id

-- name: sign_up_elsewhere
insert into users (id, name, email, terms)
values (%(user_id)s, %(name)s, %(email)s, %(terms)s)
on conflict do nothing
returning id

-- name: complete_member
-- Of a login of the operator's own the row may be there already, because its token came before: it gets
-- what it lacks. An address that another account has stays there.
insert into users as u (id, name, email, terms)
values (%(user_id)s, %(name)s,
        (select %(email)s::text where not exists (select from users where email = %(email)s)),
        %(terms)s)
on conflict (id) do update
set name = coalesce(u.name, excluded.name), email = coalesce(u.email, excluded.email),
    terms = coalesce(excluded.terms, u.terms)

-- name: lock_owner
select id from users where id = %(user_id)s for no key update

-- name: ways_in
-- A statement of its own after the lock, so that it sees what another one has just taken away.
select u.password_hash is not null as has_password,
       array(select i.issuer from identities as i where i.user_id = u.id order by i.issuer) as issuers,
       (select count(*) from passkeys as k where k.user_id = u.id)::integer as passkeys
from users as u
where u.id = %(user_id)s

-- name: unlink_identities
delete from identities where user_id = %(user_id)s and issuer = any(%(issuers)s::text[])

-- name: identities_of_user
select issuer, subject from identities where user_id = %(user_id)s order by issuer, subject
