-- The hold as an expert would write it for one round trip: a function call for each request, with
-- the guarantees that the server's hold has in PostgreSQL. Statements of a volatile function see what
-- was committed before each of them, so what is read under a lock is as of that lock.
create schema if not exists bench;

create or replace function bench.hold(
    for_user text, of_concert text, with_pass bigint, at_performance int, wanted text[],
    seat_limit int, ttl interval, once text, out outcome text, out order_id uuid,
    out ends_at timestamptz
)
language plpgsql as $$
declare
    began_at timestamptz;
    numbers text[];
    grades text[];
    prices bigint[];
    are_free boolean;
    touched int;
begin
    -- One fan's holds and payments take turns, so that the seat limit and the key hold.
    perform pg_advisory_xact_lock(hashtextextended(for_user, 0));
    if once is not null then
        select o.id, o.expires_at into order_id, ends_at
        from orders as o where o.user_id = for_user and o.idempotency_key = once;
        if found then
            outcome := 'again';
            return;
        end if;
    end if;
    if exists (
        select from payments as p
        where p.user_id = for_user and p.concert_id = of_concert and p.pass_number >= with_pass
        union all
        select from revoked_passes as r
        where r.user_id = for_user and r.concert_id = of_concert and r.pass_number >= with_pass
    ) then
        outcome := 'entry-token-expired';
        return;
    end if;
    if cardinality(wanted) + (
        select coalesce(sum(cardinality(seat_numbers)), 0)
        from orders
        where user_id = for_user and performance_key = at_performance
          and status in ('held', 'paid') and (status = 'paid' or expires_at > yemae_now())
    ) > seat_limit then
        outcome := 'seat-limit-exceeded';
        return;
    end if;
    -- Locked in key order; free is as of each seat's own lock.
    select array_agg(s.number), array_agg(s.grade), array_agg(s.price),
           bool_and(s.order_id is null or s.held_until <= yemae_now())
    into numbers, grades, prices, are_free
    from (select number from unnest(wanted) as w (number) order by number collate "C") as w
    cross join lateral (
        select * from seats
        where seats.performance_key = at_performance and seats.number = w.number
        for no key update
    ) as s;
    if cardinality(numbers) is distinct from cardinality(wanted) then
        outcome := 'seat-not-found';
        return;
    end if;
    if not are_free then
        outcome := 'seat-taken';
        return;
    end if;
    began_at := yemae_now();
    ends_at := began_at + ttl;
    insert into orders (id, user_id, performance_key, status, seat_numbers, seat_grades, seat_prices,
                        total, currency, created_at, expires_at, pass_number, idempotency_key)
    values (uuidv7(), for_user, at_performance, 'held', numbers, grades, prices,
            (select sum(price) from unnest(prices) as p (price)), 'KRW', began_at, ends_at,
            with_pass, once)
    returning id into order_id;
    -- The condition repeats what was found under the locks, and the count is checked.
    update seats set order_id = hold.order_id, held_until = ends_at
    where performance_key = at_performance and number = any(numbers)
      and (seats.order_id is null or held_until <= yemae_now());
    get diagnostics touched = row_count;
    perform expect_rows(touched, cardinality(numbers));
    outcome := 'held';
end
$$;
