-- name: kept_file
select content from concert_files where concert_id = %(concert_id)s

-- name: write_file
-- The same file again is no change.
insert into concert_files (concert_id, content) values (%(concert_id)s, %(content)s)
on conflict (concert_id) do update
set content = excluded.content, written_at = yemae_now()
where concert_files.content <> excluded.content
