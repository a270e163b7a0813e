-- expand: posters, beside the concerts that have them, so that a catalogue is read without images.

create table posters (
    digest text primary key check (digest ~ '^[0-9a-f]{32}$'),
    width int not null check (width > 0),
    height int not null check (height > 0),
    small bytea not null,
    large bytea not null
);
comment on table posters is 'Posters as they are served; a poster never changes. Written from concert files, dropped when no concert has it any more.';
comment on column posters.digest is 'Names the poster: the first half of the SHA-256 of the operator''s file and of how it is scaled, in hex.';
comment on column posters.width is 'Of the large image, in pixels.';
comment on column posters.height is 'Of the large image, in pixels.';
comment on column posters.small is 'A JPEG for cards of a list.';
comment on column posters.large is 'A JPEG for a page.';
-- They are compressed already.
alter table posters alter column small set storage external;
alter table posters alter column large set storage external;

-- There is a row for each concert: a scan of them is over in a moment.
alter table concerts
-- squawk-ignore adding-foreign-key-constraint
add column poster text references posters (digest);
comment on column concerts.poster is 'Null: the page draws one.';
