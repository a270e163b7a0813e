-- expand: e-mail addresses that are confirmed by a link, of accounts to be and of accounts that get
-- another address. A jobs process of the version before does not know such messages and gives them up,
-- so it is stopped before addresses are confirmed; `yemae outbox retry` sends them after all.

create table email_confirmations (
    id uuid primary key,
    email text not null,
    user_id text references users (id),
    old_email text,
    name text,
    password_hash text,
    terms text,
    language text not null,
    created_at timestamptz not null default yemae_now(),
    used_at timestamptz,
    constraint email_confirmations_language_check check (language in ('ko', 'en')),
    constraint email_confirmations_check check ((user_id is null) = (password_hash is not null))
);
create index email_confirmations_of_users on email_confirmations (user_id);
create index email_confirmations_of_addresses on email_confirmations (email, created_at);
create index email_confirmations_created on email_confirmations (created_at);
comment on table email_confirmations is
'Links that were mailed to confirm an address. A link is signed and stored nowhere; rows go after a week.';
comment on column email_confirmations.email is 'The address that the link goes to.';
comment on column email_confirmations.user_id is 'The account that gets this address; null: one that is made with the link.';
comment on column email_confirmations.old_email is 'The address before, which is told of the change.';
comment on column email_confirmations.used_at is 'When the link was used; it is good for nothing then.';

-- The new checks allow all that was allowed; the next revision says so of the rows that are there,
-- without a lock that a sale would feel.
alter table messages
-- squawk-ignore ban-drop-constraint
drop constraint messages_kind_check,
add constraint messages_kind_check check (
    kind in (
        'order_paid', 'order_cancelled', 'refunded', 'ticket_link', 'tickets_moved', 'date_moved',
        'date_cancelled', 'refund_failed', 'password_reset', 'confirm_email', 'email_taken',
        'email_changed'
    )
) not valid,
-- squawk-ignore ban-drop-constraint
drop constraint messages_order_check,
add constraint messages_order_check check (
    (order_id is null) = (kind in ('password_reset', 'confirm_email', 'email_taken', 'email_changed'))
) not valid;
