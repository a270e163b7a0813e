-- name: counted
-- What a restored database is compared with. Orders and lines of the ledger are never deleted.
select (select count(*) from orders) as orders,
       (select count(*) from tickets) as tickets,
       (select coalesce(sum(amount), 0)::bigint from transfers) as ledger_sum,
       (select system_identifier::text from pg_control_system()) as system_id,
       (select version_num::text from alembic_version) as schema

-- name: begin_queues
-- Every queue counts as begun, because the waiting room of a restored database is empty although
-- fans may have places: admission then waits until their polls have brought those back.
insert into queue_generations (concert_id, generation, has_begun)
select id, gen_random_uuid()::text, true from concerts
on conflict (concert_id) do update set has_begun = true
