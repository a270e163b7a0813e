-- expand: programs before this one do not look for it.
-- A program that finds a revision newer than its own starts only if this names its own or an older one.

alter table alembic_version add column oldest_program text;
comment on column alembic_version.oldest_program is 'The oldest program that works on this schema, as the newest revision that it knows. A contract revision raises it.';
update alembic_version set oldest_program = '0016';
