-- The books of card payment, charge by charge, for the comparison with a provider's own list.

-- name: charges_of_books
-- What was captured in a time, and all that the provider lists, whatever became of it here. Of the
-- refunds, those that the provider has paid out, and those that it may have.
select c.id, c.state, c.amount, c.currency, c.settled_at, c.handed_over_at, r.paid_out, r.open,
       (select count(*) from disputes as d where d.checkout_id = c.id)::int as disputes
from checkouts as c
cross join lateral (
    select coalesce(sum(amount) filter (where state = 'settled'), 0)::bigint as paid_out,
           coalesce(sum(amount) filter (where state in ('pending', 'in_doubt')), 0)::bigint as open
    from refunds
    -- A provider does not count what a dispute has taken.
    where checkout_id = c.id and reason is distinct from 'dispute_lost'
) as r
where c.provider = %(provider)s
  and (c.id = any(%(ids)s::uuid[])
       or (c.state = 'captured' and c.settled_at >= %(since)s and c.settled_at < %(until)s))
order by c.id
