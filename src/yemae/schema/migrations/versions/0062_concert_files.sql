-- expand: the files of concerts as they were loaded last, and the sign-offs before a sale. Servers of
-- the version before keep none and read none.

create table concert_files (
    concert_id text primary key,
    content text not null,
    written_at timestamptz not null default yemae_now()
);
comment on table concert_files is
'The file of each concert as it was loaded last, without its presale codes: for changes in the console, and to be downloaded.';

create table sign_offs (
    id uuid primary key,
    concert_id text not null,
    name text not null,
    who text not null,
    note text not null,
    expected_fans integer not null,
    digest text not null,
    signed_at timestamptz not null default yemae_now(),
    withdrawn_at timestamptz,
    withdrawn_by text,
    constraint sign_offs_name_check check (char_length(name) between 1 and 100),
    constraint sign_offs_note_check check (char_length(note) <= 500),
    constraint sign_offs_expected_check check (expected_fans between 1 and 10000000)
);
create index sign_offs_of_concerts on sign_offs (concert_id, signed_at);
comment on table sign_offs is
'Who has signed off the sale of a concert before it opens.';
comment on column sign_offs.digest is
'What was signed: the plans and the prices. Another plan or price takes the sign-off back.';
