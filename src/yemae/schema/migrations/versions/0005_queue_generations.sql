-- Which queues have begun in Valkey. What is missing there of a queue that has begun is lost, and
-- not new; so it is repaired before anybody comes in.

create table queue_generations (
    concert_id text primary key references concerts (id),
    generation text not null,
    has_begun boolean not null default false,
    inside integer not null default 0 check (inside >= 0)
);
comment on table queue_generations is 'A row for each queue that has begun in Valkey, so that a loss is told from a beginning.';
comment on column queue_generations.generation is 'What Valkey carries of a queue since it began, or since all of it was lost.';
comment on column queue_generations.has_begun is 'False until Valkey has it.';
comment on column queue_generations.inside is 'How many fans were inside, as of the last count of the seats: room that is kept for them after a loss.';
