-- The end of an operator's message. It has no default, so rows that exist are not written.

alter table queue_controls add column message_until timestamptz;
comment on column queue_controls.message_until is 'From when the message is shown to no fan; null: it has no end.';
