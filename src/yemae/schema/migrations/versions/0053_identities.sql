-- expand: accounts of people who sign in elsewhere. Servers of the version before write none.

create table identities (
    issuer text not null,
    subject text not null,
    user_id text not null,
    created_at timestamptz not null default yemae_now(),
    primary key (issuer, subject),
    -- Claimed before the user is written, so that two first sign-ins at once make one account.
    constraint identities_user_id_fkey foreign key (user_id) references users (id)
    deferrable initially deferred,
    constraint identities_issuer_check check (char_length(issuer) between 1 and 500),
    constraint identities_subject_check check (char_length(subject) between 1 and 255)
);
create index identities_of_users on identities (user_id);
comment on table identities is
'Logins elsewhere that lead to an account, by issuer and subject. An e-mail address leads to none.';
