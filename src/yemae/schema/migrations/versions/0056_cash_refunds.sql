-- expand: what the box office was paid in cash goes back in cash, and a refund has a part for each way in
-- which its order was paid.

alter table refunds add column part_of uuid;
alter table refunds add column paid_out_by text;
comment on column refunds.checkout_id is 'The checkout that the money came through; null: it goes to the wallet, or out in cash.';
comment on column refunds.part_of is 'The refund that it was split off, as the wallet had paid this part.';
comment on column refunds.paid_out_by is 'Who handed out the cash, as in queue_actions.who.';

-- The new check allows all that was allowed; the next revision says so of the rows that are there.
alter table refunds
-- squawk-ignore ban-drop-constraint
drop constraint refunds_destination_check,
add constraint refunds_destination_check check (destination in ('wallet', 'checkout', 'cash')) not valid;

-- What the box office has to hand out. Refunds wait while it is built: it reads them once.
-- squawk-ignore require-concurrent-index-creation
create index refunds_in_cash_open on refunds (id) where destination = 'cash' and state <> 'settled';
