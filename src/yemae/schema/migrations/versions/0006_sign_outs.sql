-- Sign-outs from everywhere, and one spelling for each email address.

create table sign_outs (
    user_id text primary key,
    at timestamptz not null,
    written_at timestamptz not null
);
comment on table sign_outs is 'When users last signed out everywhere. Read by every server process, and dropped when every token from before has ended.';
comment on column sign_outs.user_id is 'The sub of the access token, whoever signs it; the user may have no row.';
comment on column sign_outs.at is 'Access tokens that were issued up to here are good for nothing.';
comment on column sign_outs.written_at is 'By the clock of the database, so that processes find what is new.';
-- The table is new and empty.
-- squawk-ignore require-concurrent-index-creation
create index sign_outs_by_time on sign_outs (written_at);

-- Addresses are compared composed from now on. Of two that were told apart by that alone, the one
-- that is composed stays as it is, and so does the other, which signs in as it is written.
do $$
begin
    if current_setting('server_encoding') = 'UTF8' then
        update users
        set email = normalize(users.email, nfc)
        from (
            select min(id) as id
            from users
            where email is not nfc normalized
            group by normalize(email, nfc)
        ) as odd
        where users.id = odd.id
          and not exists (
              select from users as other where other.email = normalize(users.email, nfc)
          );
    end if;
end
$$;
