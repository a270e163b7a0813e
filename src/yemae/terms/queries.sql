-- name: published_versions
select version from terms order by number

-- name: terms_of_version
select published_at, content from terms where version = %(version)s
