-- expand: orders that operators sell at the box office, for cash or as complimentary tickets.

create table box_office_sales (
    order_id uuid primary key references orders (id),
    tender text not null check (tender in ('cash', 'complimentary')),
    sold_by text not null,
    idempotency_key text,
    transfer_id uuid unique references transfers (id),
    sold_at timestamptz not null
);
comment on table box_office_sales is 'Orders that were sold at the box office, without a queue. A row is written with the order and never changed.';
comment on column box_office_sales.sold_by is 'The operator, as in queue_actions.who.';
comment on column box_office_sales.idempotency_key is 'The operator''s; null: none was sent.';
comment on column box_office_sales.transfer_id is 'The transfer that brought the cash into the buyer''s wallet; null: it cost nothing.';
create unique index box_office_idempotency on box_office_sales (sold_by, idempotency_key)
where idempotency_key is not null;
create trigger box_office_sales_are_immutable before delete or update or truncate on box_office_sales
for each statement execute function refuse_change();
