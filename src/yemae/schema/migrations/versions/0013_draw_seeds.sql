-- A dump of the database alone no longer gives a draw away. Concerts that exist keep their seed, so
-- that the seals that were published stay true; the default is theirs, and a load says true.

alter table concerts add column draw_seed_is_keyed boolean not null default false;
comment on column concerts.draw_seed_is_keyed is 'Whether the seed of the draw is the HMAC-SHA256 of draw_seed under a key of the server; else it is draw_seed itself. Never changed.';
comment on column concerts.draw_seed is '32 random bytes that the order of the draw follows from (see draw_seed_is_keyed): made once, secret until the sale opens, never changed.';
create trigger draw_seed_is_keyed_never_changes before update of draw_seed_is_keyed on concerts
for each row when (old.draw_seed_is_keyed is distinct from new.draw_seed_is_keyed)
execute function refuse_change();
