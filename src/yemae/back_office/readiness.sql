-- name: plans_of_concert
-- A plan's digest has its prices in it; price types and the booking fee are the concert's.
select p.id, p.plan, p.seats_total, p.price_from, c.pricing
from performances as p
join concerts as c on c.id = p.concert_id
where p.concert_id = %(concert_id)s
order by p.starts_at, p.key

-- name: sign_offs_of_concert
-- The newest first. The digest comes last: it is compared, and not shown.
select id, name, who, note, expected_fans, signed_at, withdrawn_at, digest
from sign_offs
where concert_id = %(concert_id)s
order by signed_at desc, id desc
limit 50

-- name: add_sign_off
insert into sign_offs (id, concert_id, name, who, note, expected_fans, digest)
values (%(id)s, %(concert_id)s, %(name)s, %(who)s, %(note)s, %(expected_fans)s, %(digest)s)

-- name: take_back_sign_off
update sign_offs
set withdrawn_at = yemae_now(), withdrawn_by = %(who)s
where id = %(id)s and concert_id = %(concert_id)s and withdrawn_at is null
returning name
