-- The offset from UTC that a concert file gives its times, so that the venue's time can be shown.
-- What was loaded before has none: the file is not kept, and a guess would put a wrong hour on
-- tickets. It comes when the file is loaded again.

alter table concerts add column utc_offset_minutes integer;
comment on column concerts.utc_offset_minutes is 'How far the venue''s clocks are before UTC when the sale opens, as the concert file writes it. Null until the file is loaded again after an upgrade.';

alter table performances add column utc_offset_minutes integer;
comment on column performances.utc_offset_minutes is 'How far the venue''s clocks are before UTC when it starts, as the concert file writes it. Null until the file is loaded again after an upgrade.';
