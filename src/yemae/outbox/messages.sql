-- name: keep_contact
-- What a fan says before the payment, which a card payment needs after the fan has gone.
insert into order_contacts (order_id, email, language)
values (%(order_id)s, %(email)s, %(language)s)
on conflict (order_id) do update set email = excluded.email, language = excluded.language

-- name: address_of_order
-- Where its messages go.
select coalesce(c.email, u.email) as email
from orders as o
left join order_contacts as c on c.order_id = o.id
left join users as u on u.id = o.user_id
where o.id = %(order_id)s

-- name: tell_of_sales
-- One statement for all sales of a batch. What the fan said with this payment comes before what was
-- kept of a checkout, and that before the account's address; without any there is no message.
with sold as (
    select * from unnest(%(payment_ids)s::uuid[], %(order_ids)s::uuid[], %(user_ids)s::text[],
                         %(emails)s::text[], %(languages)s::text[])
        as s (payment_id, order_id, user_id, email, language)
),
kept as (
    insert into order_contacts (order_id, email, language)
    select order_id, email, language from sold where language is not null
    on conflict (order_id) do update set email = excluded.email, language = excluded.language
)
insert into messages (kind, cause, order_id)
select 'order_paid', payment_id, order_id
from sold
where coalesce(
    email,
    case when language is null
         then (select c.email from order_contacts as c where c.order_id = sold.order_id) end,
    (select u.email from users as u where u.id = sold.user_id)) is not null

-- name: tell_of_order
-- Of an order whose fan has an address, about something that became of it.
insert into messages (kind, cause, order_id)
select %(kind)s, %(cause)s, o.id
from orders as o
left join order_contacts as c on c.order_id = o.id
left join users as u on u.id = o.user_id
where o.id = %(order_id)s and coalesce(c.email, u.email) is not null

-- name: tell_of_date
-- Of every paid order of a date, about one change of it. Its seats name the orders, which needs no look
-- at those of other dates.
insert into messages (kind, cause, order_id)
select %(kind)s, md5(%(change)s::uuid::text || o.id::text)::uuid, o.id
from orders as o
left join order_contacts as c on c.order_id = o.id
left join users as u on u.id = o.user_id
where o.id in (select s.order_id from seats as s where s.performance_key = %(performance_key)s)
  and o.status = 'paid' and coalesce(c.email, u.email) is not null

-- name: tell_ticket_link
-- Of a paid order, to the address that its messages go to, if that is the one that was typed. One that
-- was sent within the last ten minutes is on its way.
insert into messages (kind, cause, order_id)
select 'ticket_link', gen_random_uuid(), o.id
from orders as o
left join order_contacts as c on c.order_id = o.id
left join users as u on u.id = o.user_id
where right(o.id::text, 12) = %(tail)s and o.status = 'paid'
  and lower(normalize(coalesce(c.email, u.email))) = %(email)s
  and not exists (
      select from messages as m
      where m.order_id = o.id and m.kind = 'ticket_link'
        and m.created_at > yemae_now() - interval '10 minutes')

-- name: tell_password_reset
-- To the account that a sign-in with this address would find, if it has a password. A link that was
-- sent within the last ten minutes and not used is on its way. The lock waits for a deletion of the
-- account, after which there is no such address.
with account as (
    select id, email from users
    where email = %(email)s or email = %(as_typed)s
    order by (email = %(as_typed)s) desc
    limit 1
    for no key update
),
reset as (
    insert into password_resets (id, user_id, email, language)
    select %(id)s, a.id, a.email, %(language)s
    from account as a
    where not exists (
        select from password_resets as r
        where r.user_id = a.id and r.used_at is null
          and r.created_at > yemae_now() - interval '10 minutes')
    returning id
)
insert into messages (kind, cause) select 'password_reset', id from reset

-- name: claim_messages
-- The lease is the time at which it is due again, so a process that dies leaves its messages to others.
with due as (
    select id from messages
    where state = 'waiting' and due_at <= (select yemae_now())
    order by due_at
    limit %(limit)s
    for no key update skip locked
),
claimed as (
    update messages as m
    set attempts = attempts + 1, due_at = yemae_now() + %(lease_s)s * interval '1 second'
    from due where m.id = due.id
    returning m.*
)
select m.id, m.kind, m.cause, m.order_id, coalesce(o.user_id, r.user_id, e.user_id, n.user_id, '') as user_id,
       coalesce(r.email, case m.kind when 'email_changed' then e.old_email else e.email end, c.email,
                u.email) as email,
       coalesce(r.language, e.language, n.language, c.language, 'ko') as language, m.created_at, m.state,
       m.due_at, m.attempts, m.ended_at, m.error
from claimed as m
left join orders as o on o.id = m.order_id
left join password_resets as r on r.id = m.cause and m.kind = 'password_reset'
left join email_confirmations as e
    on e.id = m.cause and m.kind in ('confirm_email', 'email_taken', 'email_changed')
left join opening_reminders as n on n.id = m.cause and m.kind = 'opening_soon'
left join order_contacts as c on c.order_id = m.order_id
left join users as u on u.id = coalesce(o.user_id, n.user_id)
order by m.created_at

-- name: end_message
update messages set state = %(state)s, ended_at = yemae_now(), error = %(error)s
where id = %(id)s and state = 'waiting'

-- name: put_off_message
update messages
set due_at = yemae_now() + %(after_s)s * interval '1 second', error = %(error)s
where id = %(id)s and state = 'waiting'

-- name: list_messages
select m.id, m.kind, m.cause, m.order_id, coalesce(o.user_id, r.user_id, e.user_id, n.user_id, '') as user_id,
       coalesce(r.email, case m.kind when 'email_changed' then e.old_email else e.email end, c.email,
                u.email) as email,
       coalesce(r.language, e.language, n.language, c.language, 'ko') as language, m.created_at, m.state,
       m.due_at, m.attempts, m.ended_at, m.error
from messages as m
left join orders as o on o.id = m.order_id
left join password_resets as r on r.id = m.cause and m.kind = 'password_reset'
left join email_confirmations as e
    on e.id = m.cause and m.kind in ('confirm_email', 'email_taken', 'email_changed')
left join opening_reminders as n on n.id = m.cause and m.kind = 'opening_soon'
left join order_contacts as c on c.order_id = m.order_id
left join users as u on u.id = coalesce(o.user_id, n.user_id)
where (%(state)s::text is null or m.state = %(state)s)
  and (%(id)s::uuid is null or m.id = %(id)s)
order by m.created_at desc, m.id
limit %(limit)s

-- name: retry_messages
-- What was given up gets another whole time of tries; what waits is due at once. What was sent is not
-- sent again.
with again as (
    update messages
    set state = 'waiting', ended_at = null, due_at = yemae_now(), attempts = 0
    where state <> 'sent' and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[]))
    returning 1
)
select count(*)::int as messages from again
