-- expand: passkeys, second factors and their recovery codes. Servers of the version before write none,
-- and ask for none.

create table passkeys (
    id uuid primary key,
    credential_id bytea not null,
    user_id text not null,
    public_key bytea not null,
    sign_count bigint not null,
    is_synced boolean not null,
    name text not null,
    created_at timestamptz not null default yemae_now(),
    used_at timestamptz,
    constraint passkeys_credential unique (credential_id),
    constraint passkeys_user_id_fkey foreign key (user_id) references users (id),
    constraint passkeys_credential_check check (octet_length(credential_id) between 1 and 1023),
    constraint passkeys_public_key_check check (octet_length(public_key) between 1 and 4096),
    constraint passkeys_sign_count_check check (sign_count >= 0),
    constraint passkeys_name_check check (char_length(name) between 1 and 100)
);
create index passkeys_of_users on passkeys (user_id, id);
comment on table passkeys is
'Keys of devices that sign a user in (WebAuthn). The device keeps the private half.';
comment on column passkeys.sign_count is
'How often the device says it has signed; 0 of devices that do not count.';
comment on column passkeys.is_synced is 'Whether the maker of the device keeps copies of it.';

create table second_factors (
    user_id text primary key,
    id uuid not null,
    created_at timestamptz not null default yemae_now(),
    confirmed_at timestamptz,
    last_step bigint not null default 0,
    constraint second_factors_user_id_fkey foreign key (user_id) references users (id)
);
comment on table second_factors is
'Authenticator apps (TOTP), one of each user. The secret is derived from the id and the server''s key.';
comment on column second_factors.confirmed_at is
'When its first code was typed; before that it counts for nothing.';
comment on column second_factors.last_step is
'The half minute, since 1970, of the newest code that was used: it and older ones are good no more.';

create table recovery_codes (
    user_id text not null,
    digest bytea not null,
    used_at timestamptz,
    primary key (user_id, digest),
    constraint recovery_codes_user_id_fkey foreign key (user_id) references users (id)
);
comment on table recovery_codes is
'What replaces a code of a lost authenticator app, each once. Only digests with the server''s key are kept.';
