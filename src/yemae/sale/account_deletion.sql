-- name: live_orders_of_fan
-- What the fan still needs the account for: seats that are held, tickets of a date to come or of a
-- cancelled one whose money is not back, refunds that may still come to the wallet, and what is being
-- paid by card, whose money may still come; of guests who have moved in as well.
select exists (
    select from orders as o
    join performances as p on p.key = o.performance_key
    where o.user_id = %(user_id)s
      and ((o.status = 'held' and o.expires_at > yemae_now())
           or (o.status = 'paid' and p.starts_at > yemae_now())
           or (o.status = 'paid'
               and exists (select from refund_runs as r
                           where r.performance_key = o.performance_key and r.state <> 'done'))
           or exists (select from refunds as r
                      where r.order_id = o.id
                        and (r.state in ('pending', 'in_doubt')
                             or (r.state = 'declined'
                                 and not exists (select from refunds as again
                                                 where again.instead_of = r.id)))))
) as has_orders,
exists (
    select from checkouts as c
    where c.look_at is not null
      and (c.user_id = %(user_id)s
           or c.user_id in (select guest_id from merged_users where user_id = %(user_id)s))
) as has_checkouts,
exists (
    select from merged_users as m
    join wallets as w on w.user_id = m.guest_id
    where m.user_id = %(user_id)s and w.balance > 0
) as has_late_money

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
browsers as (
    delete from push_notices where user_id = %(user_id)s
),
logins as (
    delete from identities where user_id = %(user_id)s
),
keys as (
    delete from passkeys where user_id = %(user_id)s
),
codes as (
    delete from recovery_codes where user_id = %(user_id)s
),
reminders as (
    delete from opening_reminders where user_id = %(user_id)s
),
reasons_of_reminders as (
    update messages as m set error = null
    from opening_reminders as n
    where n.user_id = %(user_id)s and m.kind = 'opening_soon' and m.cause = n.id
      and m.error is not null
),
apps as (
    delete from second_factors where user_id = %(user_id)s
),
-- Where a mail server's answer may name the address.
reasons as (
    update messages set error = null
    where order_id in (select id from orders where user_id = %(user_id)s) and error is not null
),
reasons_of_resets as (
    update messages as m set error = null
    from password_resets as r
    where r.user_id = %(user_id)s and m.kind = 'password_reset' and m.cause = r.id
      and m.error is not null
),
reasons_of_confirmations as (
    update messages as m set error = null
    from email_confirmations as e
    where (e.user_id = %(user_id)s or e.email = (select email from users where id = %(user_id)s))
      and m.kind in ('confirm_email', 'email_taken', 'email_changed') and m.cause = e.id
      and m.error is not null
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
