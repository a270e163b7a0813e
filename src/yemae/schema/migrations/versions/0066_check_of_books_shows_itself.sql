-- expand: until when a check of the books has shown that it goes on. Servers of the version before write
-- none, and their check is begun anew when an operator asks while it takes long.

alter table last_reconcile add column seen_at timestamptz;
comment on column last_reconcile.seen_at is
'When the check that is under way has shown last that it goes on; null or before begun_at: not yet.';
comment on column last_reconcile.laws is
'What each law found in the last check in which it ended in its time: which check that was, how many rows it looked at, and how many violate it.';
