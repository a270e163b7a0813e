-- The laws of the box office. Each lists what breaks it, one row for each violation, in words.

-- name: box_office_has_its_cash
-- The cash came into the wallet of the buyer with the sale and paid the order, or with a move and paid
-- its surcharge; a complimentary ticket cost nothing. Other money of fans comes with a key or from a
-- provider.
select concat('order ', b.order_id, ' was sold for ', b.tender, ', paid ', p.amount, ' with cash of ',
              t.amount) as violation
from box_office_sales as b
left join payments as p on p.order_id = b.order_id
left join transfers as t on t.id = b.transfer_id
where p.id is null
   or (b.tender = 'complimentary' and p.amount <> 0)
   or p.amount <> coalesce(t.amount, 0)
   or (t.id is not null and (t.user_id, t.from_account, t.kind) <> (p.user_id, '@cash', 'top_up'))
union all
select concat('transfer ', t.id, ' of ', t.amount, ' to ', t.user_id,
              ' is cash of no top-up and of no sale at the box office')
from transfers as t
left join box_office_sales as b on b.transfer_id = t.id
left join box_office_surcharges as s on s.transfer_id = t.id
where t.kind = 'top_up' and t.from_account = '@cash' and t.idempotency_key is null
  and b.order_id is null and s.order_id is null
union all
select concat('order ', s.order_id, ' moved for cash, transfer ', i.id, ' of ', i.amount,
              ', which paid no surcharge of it')
from box_office_surcharges as s
join box_office_sales as b on b.order_id = s.order_id
join transfers as i on i.id = s.transfer_id
where b.tender <> 'cash' or (i.from_account, i.kind) <> ('@cash', 'top_up')
   or not exists (
       select from transfers as t
       where t.order_id = s.order_id and t.kind = 'surcharge'
         and (t.user_id, t.amount) = (i.user_id, i.amount)
   )

-- name: cash_refund_has_its_money
-- What left wallets in cash is what the refunds in cash say, and no more than was handed over for the
-- order.
select concat('order ', order_id, ': refunds of ', coalesce(r.amount, 0), ' in cash, ledger ',
              coalesce(t.amount, 0), ', sold for ', coalesce(c.amount, 0)) as violation
from (
    select order_id, sum(amount) as amount from refunds where destination = 'cash' group by order_id
) as r
full join (
    select order_id, sum(amount) as amount from transfers
    where kind = 'payout' and to_account = '@cash'
    group by order_id
) as t using (order_id)
left join (
    select b.order_id, sum(i.amount) as amount
    from (
        select order_id, transfer_id from box_office_sales
        union all
        select order_id, transfer_id from box_office_surcharges
    ) as b join transfers as i on i.id = b.transfer_id
    group by b.order_id
) as c using (order_id)
where coalesce(r.amount, 0) <> coalesce(t.amount, 0) or coalesce(r.amount, 0) > coalesce(c.amount, 0)

-- name: cash_is_handed_out_by_an_operator
-- A refund in cash is open, or says who handed it out.
select concat('refund ', id, ' of order ', order_id, ' in cash is ', state, ', paid out by ',
              coalesce(paid_out_by, 'no one')) as violation
from refunds
where destination = 'cash'
  and (state not in ('pending', 'settled') or (state = 'settled') <> (paid_out_by is not null))
