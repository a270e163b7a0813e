-- expand: names in English, and what a concert's page tells beside them. Columns without a default
-- cost no rewrite.

alter table concerts
add column title_en text,
add column artist_en text,
add column venue_en text,
add column details jsonb,
add column details_digest text;

comment on column concerts.details is '[details] of the concert file, as it is written there; long texts are Markdown. Null: nothing.';
comment on column concerts.details_digest is 'Names the details: the first half of the SHA-256 of their JSON, in hex. Null: nothing.';
