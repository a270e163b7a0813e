-- expand: a server of the version before lists and sells every concert, and removes none.

alter table concerts
    add column hidden boolean not null default false,
    add column archived boolean not null default false;
comment on column concerts.hidden is 'Whether the public list is without it; it is sold to fans who have its address.';
comment on column concerts.archived is 'Whether it is neither listed nor sold any more.';

-- A line of the log is never changed, so it stays when its concert is removed.
-- squawk-ignore ban-drop-constraint
alter table queue_actions drop constraint queue_actions_concert_id_fkey;
