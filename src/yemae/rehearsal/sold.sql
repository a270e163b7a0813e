-- name: sold_by_grade
-- What was sold of each date and grade, and when the last seat was: null while one is left.
select p.id as performance_id, s.grade, count(*)::int as seats,
       count(*) filter (where o.status = 'paid')::int as sold,
       coalesce(sum(o.seat_prices[array_position(o.seat_numbers, s.number)])
                filter (where o.status = 'paid'), 0)::bigint as revenue,
       case when count(*) = count(*) filter (where o.status = 'paid') then max(m.paid_at) end
           as sold_out_at
from performances as p
join seats as s on s.performance_key = p.key
left join orders as o on o.id = s.order_id
left join payments as m on m.order_id = o.id
where p.concert_id = %(concert_id)s
group by p.starts_at, p.id, s.grade
order by p.starts_at, min(s.position)
