-- expand: what a lost dispute takes is no refund of ours, so the payment does not limit it. A dispute
-- may be of nothing, and has the time of the answer that it is from. Servers of the version before
-- write no such time.

create or replace function refuse_refund_beyond_payment() returns trigger
language plpgsql as $$
begin
    -- Refunds of one order take turns, also where a program forgets to lock it.
    perform from orders where id = new.order_id for no key update;
    if (select coalesce(sum(amount), 0) from refunds
        where order_id = new.order_id and state <> 'declined'
          and reason is distinct from 'dispute_lost')
       > (select coalesce(sum(p.amount + s.amount), 0)
          from payments as p
          cross join lateral (
              select coalesce(sum(t.amount), 0) as amount from transfers as t
              where t.user_id = p.user_id and t.order_id = p.order_id and t.kind = 'surcharge'
          ) as s
          where p.order_id = new.order_id) then
        raise exception 'more would be refunded of order % than was paid', new.order_id
        using errcode = 'integrity_constraint_violation', constraint = 'refunded_at_most_what_was_paid';
    end if;
    return null;
end
$$;

-- The table is small, and all of its rows pass.
alter table disputes
-- squawk-ignore ban-drop-constraint
drop constraint disputes_amount_check,
-- squawk-ignore constraint-missing-not-valid
add constraint disputes_amount_check check (amount >= 0),
add column asked_at timestamptz;
comment on column disputes.asked_at is 'When the provider was asked for what is written here.';
