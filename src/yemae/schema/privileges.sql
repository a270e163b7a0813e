-- What the role of the server may do. Run by the owner after every migration, so that new tables
-- are covered; harmless to repeat. Without a role yemae_app nothing happens.
do $$
declare
    guarded text;
begin
    if to_regrole('yemae_app') is null or not exists (
        select from pg_class
        where oid = to_regclass('alembic_version') and pg_has_role(relowner, 'usage')
    ) then
        return;
    end if;
    grant select, insert, update, delete on all tables in schema public to yemae_app;
    grant usage on all sequences in schema public to yemae_app;
    revoke insert, update, delete on alembic_version from yemae_app;
    -- The tables that a trigger keeps from every change: the one place that says which they are.
    -- Their guard is called for each statement (no first bit), others for single rows.
    for guarded in
        select tgrelid::regclass::text from pg_trigger
        where tgfoid = to_regproc('refuse_change') and tgtype & 1 = 0
    loop
        execute 'revoke update, delete, truncate on ' || guarded || ' from yemae_app';
    end loop;
end
$$;
