-- expand: the operator's terms, and the version that each sign-up and each payment agreed to.

create table terms (
    number int generated always as identity primary key,
    version text not null unique check (version ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'),
    content jsonb not null,
    published_at timestamptz not null
);
comment on table terms is 'The operator''s terms and privacy policy. The one with the highest number is current; none ever changes or goes, because payments name them.';
comment on column terms.content is '{terms: {ko, en}, privacy: {ko, en}}, as Markdown.';

create trigger terms_are_immutable before delete or update or truncate on terms
for each statement execute function refuse_change();

-- No foreign keys: every payment of an on-sale would lock the same row.
alter table users add column terms text;
comment on column users.terms is 'The version of the terms that the fan agreed to at the sign-up. Null: none was published, or the user signed up elsewhere.';
alter table payments add column terms text;
comment on column payments.terms is 'The version of the terms that the fan agreed to with this payment. Null: none was published.';
