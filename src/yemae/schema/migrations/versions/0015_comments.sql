-- Comments in the terms of the glossary; no table changes.

comment on column queue_controls.control is 'paused: no fan is admitted. draining: no new fan may join.';
comment on table queue_generations is 'A row for each queue that has begun in Valkey, which distinguishes a loss from a beginning.';
comment on column sign_outs.user_id is 'The sub of the access token, of any issuer; the user may have no row.';
comment on table queue_actions is 'The audit log: what operators did with which queue. A line is written with the change and never changed.';
