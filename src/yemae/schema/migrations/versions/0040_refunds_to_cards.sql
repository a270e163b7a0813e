-- expand: refunds to cards: what the provider calls them, and when it is asked. Programs before this
-- one write refunds to wallets only, and leave the columns as they are.

alter table refunds
add column reference text,
add column failure text,
add column attempts int not null default 0,
add column look_at timestamptz,
add column handed_over_at timestamptz,
-- There are few refunds: a scan of them is over in a moment.
-- squawk-ignore adding-foreign-key-constraint
add column instead_of uuid references refunds (id);
comment on column refunds.reference is 'What the payment provider calls it.';
comment on column refunds.failure is 'Why the provider did not pay it out, or has not yet.';
comment on column refunds.attempts is 'How often the provider was asked for it.';
comment on column refunds.look_at is 'When the job asks the provider; null: never again.';
comment on column refunds.handed_over_at is 'When it stayed open past its cap, and became a matter for an operator.';
comment on column refunds.instead_of is 'The declined refund that it stands for.';
-- squawk-ignore require-concurrent-index-creation
create index refunds_to_look_at on refunds (look_at) where look_at is not null;
-- squawk-ignore require-concurrent-index-creation
create index refunds_to_cards_open on refunds (id) where destination = 'checkout' and state <> 'settled';
-- squawk-ignore require-concurrent-index-creation
create unique index refunds_instead_of on refunds (instead_of) where instead_of is not null;
-- squawk-ignore require-concurrent-index-creation
create unique index refunds_by_reference on refunds (checkout_id, reference)
where reference is not null;

-- The new check allows all that the old one allowed; the next revision says so of the rows that are
-- there, without a lock that a sale would feel.
alter table transfers
-- squawk-ignore ban-drop-constraint
drop constraint transfers_kind_check,
add constraint transfers_kind_check check (
    kind in ('top_up', 'payment', 'surcharge', 'refund', 'fee', 'payout')
) not valid;
