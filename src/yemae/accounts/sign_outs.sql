-- name: sign_out
-- The token that it was asked for with ends, too, whatever the clock of the node that signed it.
insert into sign_outs (user_id, at, written_at)
values (%(user_id)s, greatest(yemae_now(), to_timestamp(%(issued_s)s)), yemae_now())
on conflict (user_id) do update
set at = greatest(sign_outs.at, excluded.at), written_at = excluded.written_at
returning extract(epoch from at)::float8 as at_s

-- name: sign_outs
select user_id, extract(epoch from at)::float8 as at_s,
       extract(epoch from written_at)::float8 as written_at_s
from sign_outs
where written_at > greatest(to_timestamp(%(after_s)s),
                            yemae_now() - make_interval(secs => %(kept_s)s))

-- name: forget_sign_outs
delete from sign_outs where written_at < yemae_now() - make_interval(secs => %(kept_s)s)

-- name: has_ended
-- Also where this process has not read of it yet. As SignOuts.ended compares.
select exists (
    select from sign_outs
    where user_id = %(user_id)s and %(issued_s)s < extract(epoch from at) + %(step_s)s / 2
) as has_ended
