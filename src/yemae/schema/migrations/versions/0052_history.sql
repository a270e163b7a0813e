-- expand: the history of sales, written by the jobs process. Servers of the version before have none.

create table history (
    concert_id text not null,
    every_s integer not null,
    at timestamptz not null,
    figures jsonb not null,
    primary key (concert_id, every_s, at)
);
comment on table history is
'Figures of a queue, for each second of an hour and each minute of 30 days in which one had changed.';
comment on column history.concert_id is 'The id of the queue; empty: the whole server.';
comment on column history.every_s is '1 or 60: what the row stands for, in seconds.';
comment on column history.figures is 'Counts since the sale began, and numbers of the moment.';
create index history_by_age on history (every_s, at);
