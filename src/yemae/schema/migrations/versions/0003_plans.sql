-- Plans: where the seats of a performance stand. Beside the seats and not in their rows, which are
-- the hottest of all and are kept narrow; performances with the same seats share one plan.

create table plans (
    digest text primary key check (digest ~ '^[0-9a-f]{32}$'),
    content bytea not null
);
comment on table plans is 'Seat plans as they are served; a plan never changes. Written from concert files, dropped when no performance has it any more.';
comment on column plans.digest is 'Names the content: the first half of the SHA-256 of its JSON, in hex.';
comment on column plans.content is 'The JSON of the plan, compressed with gzip.';
-- It is compressed already.
alter table plans alter column content set storage external;

-- There is a row for each date of a concert: a scan of them is over in a moment.
alter table performances
-- squawk-ignore adding-foreign-key-constraint
add column plan text references plans (digest);
comment on column performances.plan is 'Null until the concert file is loaded again after an upgrade: then a simple plan is drawn from the seats.';
