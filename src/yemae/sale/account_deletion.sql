-- name: live_orders_of_fan
-- What the fan still needs the account for: seats that are held, tickets of a date to come or of a
-- cancelled one whose money is not back, and what is being paid by card, whose money may still come.
select exists (
    select from orders as o
    join performances as p on p.key = o.performance_key
    where o.user_id = %(user_id)s
      and ((o.status = 'held' and o.expires_at > yemae_now())
           or (o.status = 'paid' and p.starts_at > yemae_now())
           or (o.status = 'paid'
               and exists (select from refund_runs as r
                           where r.performance_key = o.performance_key and r.state <> 'done')))
) as has_orders,
exists (
    select from checkouts where user_id = %(user_id)s and look_at is not null
) as has_checkouts

-- name: lock_account
-- A role that is being given is waited for, so that the next statement sees it and takes it along.
select id from users where id = %(user_id)s for update

-- name: forget_fan
-- The row stays without its person, because orders and the ledger name its id.
with contacts as (
    delete from order_contacts
    where order_id in (select id from orders where user_id = %(user_id)s)
),
resets as (
    delete from password_resets where user_id = %(user_id)s
),
confirmations as (
    delete from email_confirmations
    where user_id = %(user_id)s or email = (select email from users where id = %(user_id)s)
),
roles as (
    delete from role_grants where user_id = %(user_id)s
),
logins as (
    delete from identities where user_id = %(user_id)s
),
-- Where a mail server's answer may name the address.
reasons as (
    update messages set error = null
    where order_id in (select id from orders where user_id = %(user_id)s) and error is not null
)
update users set name = null, email = null, password_hash = null, role = null
where id = %(user_id)s

-- name: addresses_of_fan
select c.order_id, c.email, c.language
from order_contacts as c
join orders as o on o.id = c.order_id
where o.user_id = %(user_id)s and c.email is not null
order by c.order_id desc
limit %(limit)s
