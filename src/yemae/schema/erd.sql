-- name: columns
-- A column is unique by itself when a whole, unconditional unique index or constraint is on it
-- alone; that a primary key of one column is unique goes without saying.
select c.relname::text as "table", a.attname::text as name,
       format_type(a.atttypid, null) as type,
       not a.attnotnull as nullable,
       exists (select from pg_constraint k
               where k.conrelid = c.oid and k.contype = 'p' and a.attnum = any(k.conkey)) as "primary",
       exists (select from pg_constraint k
               where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any(k.conkey)) as "foreign",
       exists (select from pg_index i
               where i.indrelid = c.oid and i.indisunique and not i.indisprimary
                 and i.indpred is null and i.indnkeyatts = 1 and i.indkey[0] = a.attnum) as "unique",
       coalesce(col_description(c.oid, a.attnum), '') as comment
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
  and c.relname <> %(bookkeeping)s
order by c.relname collate "C", a.attnum

-- name: references
-- A child is unique when a unique index is on columns that are all in the foreign key.
select parent.relname::text as parent, child.relname::text as child,
       array(select a.attname::text
             from unnest(k.conkey) with ordinality as u (attnum, place)
             join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum
             order by u.place) as columns,
       exists (select from pg_attribute a
               where a.attrelid = k.conrelid and a.attnum = any(k.conkey)
                 and not a.attnotnull) as nullable,
       exists (select from pg_index i
               where i.indrelid = k.conrelid and i.indisunique and i.indpred is null
                 and i.indkey::int2[] <@ k.conkey) as "unique"
from pg_constraint k
join pg_class parent on parent.oid = k.confrelid
join pg_class child on child.oid = k.conrelid
where k.contype = 'f' and k.connamespace = current_schema()::regnamespace
  and child.relname <> %(bookkeeping)s
order by parent.relname collate "C", child.relname collate "C", columns

-- name: table_comments
select c.relname::text as "table", obj_description(c.oid, 'pg_class') as comment
from pg_class c
where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace
  and c.relname <> %(bookkeeping)s and obj_description(c.oid, 'pg_class') is not null
order by c.relname collate "C"
