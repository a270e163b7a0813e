-- name: bare_codes
-- Concerts of which a lane has a code as its SHA-256 alone: 64 characters and no name in front.
select id, lanes
from concerts
where jsonb_path_exists(lanes, '$[*].code_hashes[*] ? (@ like_regex "^[0-9a-f]{64}$")')
order by id
for no key update

-- name: write_lanes
-- With a new revision, so that every server process reads them.
update concerts
set lanes = %(lanes)s::jsonb, revision = nextval('catalogue_revision')
where id = %(id)s
