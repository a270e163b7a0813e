"""A database as the last release left it: schema 0003, with a concert, a sold seat and a ticket."""

import psycopg

from yemae.schema.migrate import VERSIONS

RELEASED = "0003"
ORDER_ID = "01990000-0000-7000-8000-000000000001"
CONTENT = f"""
create table alembic_version (version_num varchar(32) primary key);
insert into alembic_version values ('{RELEASED}');
insert into concerts (id, listing, title, artist, venue, currency, sale_opens_at, seat_limit,
                      active_limit, admit_per_minute, entry_ttl_s, absent_after_s)
values ('hall', 1000, 'Test', 'Testers', 'Hall', 'KRW', '2026-01-01T00:00:00Z', 4, 100, 600, 600,
        45);
insert into performances (id, concert_id, starts_at, seats_total, price_from)
values ('hall-1', 'hall', '2030-01-01T10:00:00Z', 2, 50000),
       ('hall-2', 'hall', '2030-01-02T10:00:00Z', 2, 50000);
insert into seats (performance_key, number, position, grade, price)
select key, number::text, number - 1, 'R', 50000
from performances cross join generate_series(1, 2) as s (number);
insert into users (id) values ('fan');
insert into orders (id, user_id, performance_key, status, seat_numbers, seat_grades, seat_prices,
                    total, currency, created_at, expires_at, pass_number)
select '{ORDER_ID}', 'fan', key, 'paid', '{{1}}', '{{R}}', '{{50000}}', 50000, 'KRW',
       '2026-01-02T00:00:00Z', '2026-01-02T00:05:00Z', 1
from performances where id = 'hall-1';
update seats set order_id = '{ORDER_ID}', held_until = 'infinity'
where number = '1' and performance_key = (select key from performances where id = 'hall-1');
insert into tickets (performance_key, number, order_id)
select key, '1', '{ORDER_ID}' from performances where id = 'hall-1';
"""  # noqa: S608 - nothing comes from outside


def build(database_url: str, revision: str = RELEASED) -> None:
    """Build the released schema, or a later revision, in an empty database, and sell a seat."""
    with psycopg.connect(database_url) as connection:
        for script in sorted(VERSIONS.glob("*.sql")):
            if script.name[:4] <= revision:
                connection.execute(script.read_bytes())
        connection.execute(CONTENT.encode())
        connection.execute("update alembic_version set version_num = %s", [revision])
