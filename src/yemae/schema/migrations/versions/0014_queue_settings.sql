-- The settings of a queue are one JSON object: a concert file's, and what operators set instead.
-- Adding a setting takes no migration any more.

alter table concerts add column queue_settings jsonb not null default '{}';
comment on column concerts.queue_settings is 'The settings of the queue as the concert file has them, by name; what is missing has the default of queue_settings.py. Times are RFC 3339.';
alter table queue_controls add column queue_settings jsonb not null default '{}';
comment on column queue_controls.queue_settings is 'The settings that an operator has set, by name; all others are the file''s.';
comment on table queue_controls is 'What operators changed while the queue ran. Wins over the concert file, also when the file is loaded again.';

-- Servers of the version before, which run until each node is restarted, know one column for each
-- setting. So that both versions work on the same database, each write of one form is a write of the
-- other: an object that is new or has changed fills the columns, and otherwise the columns fill the
-- object. The arguments are the columns. The next release drops them, the triggers and the function.
create function keep_queue_settings_in_step() returns trigger language plpgsql set timezone to 'UTC' as $$
declare
    before jsonb := '{}';
    source jsonb;
    written jsonb;
begin
    if tg_op = 'UPDATE' then
        before := old.queue_settings;
    end if;
    source := case when new.queue_settings is distinct from before then new.queue_settings else to_jsonb(new) end;
    select jsonb_object_agg(name, source -> name) into written from unnest(tg_argv) as c (name);
    if new.queue_settings is distinct from before then
        new := jsonb_populate_record(new, written);
    else
        new.queue_settings := (new.queue_settings - tg_argv) || jsonb_strip_nulls(written);
    end if;
    return new;
end
$$;
create trigger queue_settings_in_step before insert or update on concerts
for each row execute function keep_queue_settings_in_step(
    'sale_opens_at', 'prequeue_opens_at', 'queueing_method', 'active_limit', 'admit_per_minute', 'entry_ttl_s',
    'absent_after_s', 'place_ttl_s', 'joins_per_address_per_minute', 'proof_of_work'
);
create trigger queue_settings_in_step before insert or update on queue_controls
for each row execute function keep_queue_settings_in_step(
    'sale_opens_at', 'prequeue_opens_at', 'queueing_method', 'active_limit', 'admit_per_minute', 'entry_ttl_s',
    'absent_after_s', 'place_ttl_s', 'joins_per_address_per_minute', 'proof_of_work', 'message_ko', 'message_en',
    'message_until'
);

-- The triggers move the data. There is a row for each concert: this is over in a moment.
update concerts set queue_settings = '{}';
update queue_controls set queue_settings = '{}';
