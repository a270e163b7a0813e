-- expand: the version before sells every seat alike, which null says.

alter table seats add column mark text;
comment on column seats.mark is 'wheelchair or companion: an order has no more companion seats than wheelchair places. Null: neither. All marks are in the plan.';
