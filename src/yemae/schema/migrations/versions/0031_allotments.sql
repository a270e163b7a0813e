-- expand: finds the orders that count against the allotment of a phase. Servers of the version before
-- sell without allotments.

-- Holds wait while it is built: it reads the orders once, about a second for a million of them. Orders of
-- a general sale are not in it, and cost nothing.
-- squawk-ignore require-concurrent-index-creation
create index orders_in_phases on orders (sale, performance_key)
where sale is not null and status in ('held', 'paid');
comment on column concerts.phase is 'What distinguishes the phase: {name, name_en, ends_at, code_hashes: HMACs under the secret key, group, allotment in seats of each date, allotment_percent}; null: a general sale without an end of its own.';
