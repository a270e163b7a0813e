-- name: revision_of_links
select coalesce(max(revision), 0) as revision from ticket_links where order_id = %(order_id)s

-- name: revoke_links
-- Once the revisions are used up, the order keeps its last one.
insert into ticket_links (order_id, revision) values (%(order_id)s, 1)
on conflict (order_id) do update set revision = least(ticket_links.revision + 1, 65535)
