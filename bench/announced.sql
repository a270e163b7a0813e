-- What is paid, what the outbox holds of it, and what has left.
select
    (select count(*) from payments) as paid,
    count(*) filter (where kind = 'letter' and is_waiting) as letters_waiting,
    count(*) filter (where kind = 'letter' and not is_waiting) as letters_sent,
    count(*) filter (where kind = 'event' and is_waiting) as events_waiting,
    count(*) filter (where kind = 'event' and not is_waiting) as events_sent
from (
    select 'letter' as kind, state = 'waiting' as is_waiting
    from messages where kind = 'order_paid' and state <> 'given_up'
    union all
    select 'event', state = 'waiting' from webhook_deliveries where state <> 'given_up'
) as announced
