-- expand: cash that the box office takes for dearer seats. Servers of the version before write none.

create table box_office_surcharges (
    transfer_id uuid primary key references transfers (id),
    order_id uuid not null references box_office_sales (order_id),
    taken_by text not null
);
comment on table box_office_surcharges is
'Cash that was handed over when an order of the box office moved to dearer seats. A row is written with the move and never changed.';
comment on column box_office_surcharges.transfer_id is
'The transfer that brought the cash into the buyer''s wallet.';
comment on column box_office_surcharges.taken_by is 'The operator, as in queue_actions.who.';
create index box_office_surcharges_by_order on box_office_surcharges (order_id);
create trigger box_office_surcharges_are_immutable before delete or update or truncate on box_office_surcharges
for each statement execute function refuse_change();
