-- name: all_policies
-- One for each policy that a concert ever had: orders keep the one that they were bought under.
select digest, content from cancellation_policies

-- name: write_policy
insert into cancellation_policies (digest, content) values (%(digest)s, %(content)s::jsonb)
on conflict (digest) do nothing
