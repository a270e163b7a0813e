-- expand: programs before this one do not look for it.
-- The zone of a venue's clocks, so that every date of a concert can be shown on them, also one that no file has written.

alter table concerts add column time_zone text;
comment on column concerts.time_zone is 'The zone of the venue''s clocks in the IANA database, such as Asia/Seoul. Null: the concert file names none, and each of its dates has an offset of its own in utc_offset_minutes.';
