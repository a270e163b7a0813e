-- The laws of card payment. Each lists what breaks it, one row for each violation, in words.

-- name: captured_money_arrived
-- Both ways: a captured checkout has its transfer, and money from a provider has its checkout.
select concat('checkout ', c.id, ' (', c.state, ') of ', c.amount, ' from ', c.provider, ' for ',
              c.user_id, ' has transfer ', t.id, ' of ', t.amount, ' to ', t.user_id) as violation
from (select * from checkouts where state = 'captured') as c
full join (
    select * from transfers where kind = 'top_up' and from_account like '@provider:%%'
) as t
    on t.id = c.transfer_id
where c.id is null or t.id is null
   or (t.amount, t.user_id, t.from_account) <> (c.amount, c.user_id, '@provider:' || c.provider)

-- name: captured_is_sold
-- Of each provider: what it captured paid for orders and topped up wallets; the rest of what was
-- asked of it is still in doubt, and no part of the books yet.
select concat(c.provider, ': captured ', c.captured, ' ', c.currency, ', paid for orders ', c.sold,
              ', topped up ', c.topped_up) as violation
from (
    select c.provider, c.currency,
           (select coalesce(sum(t.amount), 0) from transfers as t join wallets as w using (user_id)
            where t.kind = 'top_up' and t.from_account = '@provider:' || c.provider
              and w.currency = c.currency) as captured,
           coalesce(sum(p.amount), 0) as sold,
           coalesce(sum(c.amount) filter (where c.order_id is null), 0) as topped_up
    from checkouts as c
    left join payments as p on p.order_id = c.order_id and p.user_id = c.user_id
    where c.state = 'captured'
    group by c.provider, c.currency
) as c
where c.captured <> c.sold + c.topped_up

-- name: lease_keeps_its_hold
-- While a provider may have captured for a held order, the order is held at least as long.
select concat('checkout ', c.id, ' may capture until ', c.lease_until, ', order ', o.id,
              ' is held until ', o.expires_at, ' for ', o.checkout_id) as violation
from checkouts as c
join orders as o on o.id = c.order_id
where c.lease_until > yemae_now() and o.status = 'held'
  and (o.checkout_id is distinct from c.id or o.expires_at < c.lease_until)

-- name: doubt_ends
-- Ten minutes are more than the job needs to hand it over, where a server runs.
select concat('checkout ', id, ' of ', user_id, ' at ', provider, ' is in doubt since ', created_at)
           as violation
from checkouts
where lease_until < yemae_now() - interval '10 minutes' and handed_over_at is null

-- name: card_refund_has_its_money
-- What left for a provider, less what it declined, is what the refunds through it say.
select concat('order ', order_id, ': refunds of ', coalesce(r.amount, 0), ' to cards at ', provider,
              ', ledger ', coalesce(t.amount, 0)) as violation
from (
    select r.order_id, c.provider, sum(r.amount) as amount
    from refunds as r
    join checkouts as c on c.id = r.checkout_id
    where r.state <> 'declined'
    group by r.order_id, c.provider
) as r
full join (
    select order_id, regexp_replace(case kind when 'payout' then to_account else from_account end,
                                    '^@provider:', '') as provider,
           sum(case kind when 'payout' then amount else -amount end) as amount
    from transfers
    where (kind = 'payout' and to_account like '@provider:%%')
       or (kind = 'refund' and from_account like '@provider:%%')
    group by 1, 2
) as t using (order_id, provider)
where coalesce(r.amount, 0) <> coalesce(t.amount, 0)

-- name: card_refund_within_its_payment
-- No more goes back to a card than it paid, and only to the card that paid the order. What a lost
-- dispute took does not count: it may come on top.
select concat('checkout ', c.id, ' (', c.state, ') of ', c.amount, ' for order ', c.order_id, ': ',
              r.amount, ' goes back for order ', r.order_id) as violation
from (
    select checkout_id, order_id,
           coalesce(sum(amount) filter (where reason is distinct from 'dispute_lost'), 0) as amount
    from refunds
    where destination = 'checkout' and state <> 'declined'
    group by checkout_id, order_id
) as r
left join checkouts as c on c.id = r.checkout_id
where (c.state = 'captured' and c.order_id = r.order_id and r.amount <= c.amount) is not true

-- name: lost_dispute_is_booked
-- Both ways, by the provider's name for it; a dispute of nothing has taken nothing.
select concat('order ', coalesce(d.order_id, r.order_id), ': dispute ', d.reference, ' took ',
              d.amount, ', refund ', r.reference, ' of ', r.amount) as violation
from (
    select * from disputes where state = 'lost' and order_id is not null and amount > 0
) as d
full join (select * from refunds where reason = 'dispute_lost') as r
    on r.checkout_id = d.checkout_id and r.reference = d.reference
where r.id is null
   or not exists (select from disputes as k
                  where k.checkout_id = r.checkout_id and k.reference = r.reference)

-- name: refund_is_looked_after
-- What is open is looked at again; what was open for too long was handed over to an operator.
select concat('refund ', id, ' of order ', order_id, ' is ', state, ' since ', created_at)
           as violation
from refunds
where destination = 'checkout' and state in ('pending', 'in_doubt')
  and (look_at is null
       or (state = 'in_doubt' and handed_over_at is null and attempts > 20
           and created_at < yemae_now() - interval '1 day'))
