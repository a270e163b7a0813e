-- The laws of card payment. Each lists what breaks it, one row for each violation, in words.

-- name: captured_money_arrived
-- Both ways: a captured checkout has its transfer, and money from a provider has its checkout.
select concat('checkout ', c.id, ' (', c.state, ') of ', c.amount, ' from ', c.provider, ' for ',
              c.user_id, ' has transfer ', t.id, ' of ', t.amount, ' to ', t.user_id) as violation
from (select * from checkouts where state = 'captured') as c
full join (select * from transfers where from_account like '@provider:%%') as t
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
            where t.from_account = '@provider:' || c.provider
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
