-- expand: cancellations, refunds and the policies that orders were bought under. An order that is
-- cancelled seat by seat has what is left of it, so that programs before this one read it rightly.

create table cancellation_policies (
    digest text primary key check (digest ~ '^[0-9a-f]{32}$'),
    content jsonb not null
);
comment on table cancellation_policies is 'Every cancellation policy that a concert has or had. None ever changes or goes, because orders name them.';
comment on column cancellation_policies.digest is 'Names the content: the first half of the SHA-256 of its JSON, in hex.';
create trigger cancellation_policies_are_immutable
before delete or update or truncate on cancellation_policies
for each statement execute function refuse_change();

-- There is a row for each concert: a scan of them is over in a moment.
alter table concerts
-- squawk-ignore adding-foreign-key-constraint
add column cancellation text references cancellation_policies (digest);
comment on column concerts.cancellation is 'The cancellation policy; null: no fan can cancel.';
-- No foreign key: every hold of an on-sale would lock the same row.
alter table orders add column cancellation text;
comment on column orders.cancellation is 'The cancellation policy (cancellation_policies.digest) of its concert when it was held; null: no fan can cancel it. Later changes of the file do not reach an order.';

create table cancellations (
    id uuid primary key,
    order_id uuid not null references orders (id),
    user_id text not null,
    seat_numbers text[] not null check (cardinality(seat_numbers) > 0),
    seat_grades text[] not null,
    seat_prices bigint[] not null,
    price_types jsonb,
    booking_fee bigint not null check (booking_fee >= 0),
    fee bigint not null check (fee >= 0),
    cancelled_at timestamptz not null,
    cancelled_by text not null,
    reason text,
    idempotency_key text,
    check (cardinality(seat_grades) = cardinality(seat_numbers)),
    check (cardinality(seat_prices) = cardinality(seat_numbers))
);
comment on table cancellations is 'Seats that were taken out of a paid order, as it had them. A row is written with the change and never changed.';
comment on column cancellations.booking_fee is 'The part of the order''s booking fee that was paid for these seats.';
comment on column cancellations.fee is 'What was kept of the prices and the booking fee.';
comment on column cancellations.cancelled_by is 'The fan''s user id, or the operator as in queue_actions.who.';
comment on column cancellations.idempotency_key is 'The fan''s; null: none was sent, or an operator cancelled.';
create index cancellations_by_order on cancellations (order_id);
create unique index cancellations_idempotency on cancellations (user_id, idempotency_key)
where idempotency_key is not null;
create trigger cancellations_are_immutable before delete or update or truncate on cancellations
for each statement execute function refuse_change();

create table refunds (
    id uuid primary key,
    order_id uuid not null references orders (id),
    cancellation_id uuid references cancellations (id),
    amount bigint not null check (amount > 0),
    destination text not null check (destination in ('wallet', 'checkout')),
    checkout_id uuid,
    state text not null check (state in ('pending', 'settled', 'declined', 'in_doubt')),
    reason text,
    requested_by text not null,
    created_at timestamptz not null,
    settled_at timestamptz,
    idempotency_key text,
    check ((destination = 'checkout') = (checkout_id is not null)),
    check ((state = 'settled') = (settled_at is not null))
);
comment on table refunds is 'Money that goes back to fans: a row for each attempt. pending: asked for. in_doubt: the payment provider has not said.';
comment on column refunds.cancellation_id is 'What it is for; null: a refund for which no seat was cancelled.';
comment on column refunds.checkout_id is 'The checkout that the money came through; null: it goes to the wallet.';
comment on column refunds.requested_by is 'The fan''s user id, or the operator as in queue_actions.who.';
comment on column refunds.idempotency_key is 'Of an operator''s call that gave money back without cancelling a seat; null: of none.';
create index refunds_by_order on refunds (order_id);
create unique index refunds_idempotency on refunds (order_id, idempotency_key)
where idempotency_key is not null;

create function refuse_refund_beyond_payment() returns trigger
language plpgsql as $$
begin
    -- Refunds of one order take turns, also where a program forgets to lock it.
    perform from orders where id = new.order_id for no key update;
    if (select coalesce(sum(amount), 0) from refunds
        where order_id = new.order_id and state <> 'declined')
       > (select coalesce(sum(amount), 0) from payments where order_id = new.order_id) then
        raise exception 'more would be refunded of order % than was paid', new.order_id
        using errcode = 'integrity_constraint_violation', constraint = 'refunded_at_most_what_was_paid';
    end if;
    return null;
end
$$;
create trigger refunded_at_most_what_was_paid
after insert or update of order_id, amount, state on refunds
for each row execute function refuse_refund_beyond_payment();

-- Each new check allows all that the old one allowed, and the next revision says so of the rows that
-- are there, without a lock that a sale would feel.
alter table orders
-- squawk-ignore ban-drop-constraint
drop constraint orders_status_check,
add constraint orders_status_check check (
    status in ('held', 'paid', 'released', 'expired', 'refunded', 'cancelled')
) not valid;
alter table transfers
-- squawk-ignore ban-drop-constraint
drop constraint transfers_kind_check,
add constraint transfers_kind_check check (kind in ('top_up', 'payment', 'refund', 'fee')) not valid;
