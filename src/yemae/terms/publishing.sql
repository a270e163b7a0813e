-- name: lock_terms
-- Publications take turns, so that the newest is the one that was asked for last.
select pg_advisory_xact_lock(hashtextextended('yemae terms publish', 0))

-- name: publish_terms
insert into terms (version, content, published_at)
values (%(version)s, %(content)s::jsonb, yemae_now())

-- name: all_terms
select t.version, t.published_at,
       (select count(*) from users as u where u.terms = t.version) as sign_ups,
       (select count(*) from payments as p where p.terms = t.version) as payments
from terms as t
order by t.number desc
