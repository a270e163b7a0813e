"""The yardsticks of the hold: PostgreSQL's own load client, pgbench, sends the same hold as one
transaction for each request to the same PostgreSQL, with the server idle.

SCRIPT is what a good straightforward server would do (`pgbench_hold.sql`): the fan's lock, what
they have already, the seat for update, the order, the seat, commit. CALL is what an expert would
do (`pgbench_hold_call.sql`): one call of a PL/pgSQL function (`hold_call.sql`) with every guarantee
that the server's hold has in PostgreSQL: the fan's lock, the Idempotency-Key, used and revoked
passes, the seat limit, seats locked in key order, and the count of the seats that were written; its
connections plan as the server's do. Both are prepared, over the Unix socket, durable. Each
transaction is another fan and another seat, so none waits for a row.

The comparison favours each side once. pgbench is a C program that leaves out what every server has
to do beside the transaction: HTTP, JSON, tokens and the waiting room. But it has a commit for each
hold, and SCRIPT a round trip for each statement. It has the whole machine, and the better of 8 and
32 clients counts.

A run fails unless PostgreSQL has as many orders and held seats afterwards as pgbench says.
"""

import asyncio
import re
import tempfile
from array import array
from pathlib import Path
from typing import NamedTuple

import psycopg

from bench.results import percentile
from bench.serving import Bench, on_all_cores
from bench.timed import Shot
from yemae.embedded.postgres_server import BINARIES, environ
from yemae.store.connection_pool import PLANS

SCRIPT = Path(__file__).with_name("pgbench_hold.sql")
CALL = Path(__file__).with_name("pgbench_hold_call.sql")
FUNCTION = Path(__file__).with_name("hold_call.sql").read_text(encoding="utf-8")
CLIENTS = (8, 32)
RUN_S = 2.0
SEATS = 96_000
CONCERT = "bench-pgbench"
ENDS_WITHIN_S = 60.0

ADD_CONCERT = """\
insert into concerts (id, listing, title, artist, venue, currency, sale_opens_at, seat_limit,
                      active_limit, admit_per_minute, entry_ttl_s, absent_after_s)
values (%(concert)s, 1, 'Bench', 'Bench', 'Bench', 'KRW', '2026-01-01Z', 4, 1, 1, 300, 60)
on conflict do nothing"""
# Each run has seats of its own, untouched as those of a sale that opens.
ADD_PERFORMANCE = """\
with added as (
    insert into performances (id, concert_id, starts_at, seats_total, price_from)
    select %(concert)s || '-' || count(*), %(concert)s, '2030-01-01Z'::timestamptz
           + count(*) * interval '1 day', %(seats)s, 50000
    from performances where concert_id = %(concert)s
    returning key
), seated as (
    insert into seats (performance_key, number, position, grade, price)
    select key, number::text, number - 1, 'R', 50000
    from added cross join generate_series(1, %(seats)s) as number
)
select key from added"""
COUNT = """\
select (select count(*) from orders where performance_key = %(key)s and status = 'held'),
       (select count(*) from seats as s join orders as o on o.id = s.order_id
        where s.performance_key = %(key)s and s.held_until = o.expires_at
          and o.performance_key = s.performance_key and o.seat_numbers = array[s.number])"""


class PgbenchError(Exception):
    """pgbench failed, or its counts differ from PostgreSQL's."""


class Output(NamedTuple):
    """What pgbench printed about a run."""

    transactions: int
    rate: float
    latencies: "array[float]"


class Pgbench:
    """A yardstick, with the number of clients that does better."""

    def __init__(self, bench: Bench, script: Path = SCRIPT) -> None:
        self._bench = bench
        self._script = script
        self._clients = 0

    async def hold(self) -> Shot:
        """One run."""
        url = self._bench.settings.stores.database_url
        with on_all_cores(self._bench):
            self._clients = self._clients or await best_clients(url, RUN_S, self._script)
            return await hold_run(url, self._clients, RUN_S, script=self._script)


async def hold_run(
    database_url: str, clients: int, seconds: float, seats: int = SEATS, script: Path = SCRIPT
) -> Shot:
    """Seats of its own, then one run, as the owner of the database. Raises PgbenchError."""
    key = await asyncio.to_thread(new_performance, database_url, seats)
    with tempfile.TemporaryDirectory(prefix="yemae-pgbench-") as folder:
        printed = await _pgbench(
            database_url, script, key, clients, seats // clients, seconds, Path(folder)
        )
    orders, held = await asyncio.to_thread(_count, database_url, key)
    if not printed.transactions == orders == held:
        raise PgbenchError(f"{printed.transactions} transactions, {orders} orders, {held} seats")
    return Shot(
        rate=printed.rate,
        ok=orders,
        answers=printed.transactions,
        p50_ms=percentile(printed.latencies, 0.50) * 1000,
        p99_ms=percentile(printed.latencies, 0.99) * 1000,
    )


async def best_clients(database_url: str, seconds: float, script: Path = SCRIPT) -> int:
    """How many clients give the best rate."""
    rates = {
        clients: (await hold_run(database_url, clients, seconds, script=script)).rate
        for clients in CLIENTS
    }
    return max(rates, key=rates.__getitem__)


async def _pgbench(
    database_url: str,
    script: Path,
    key: int,
    clients: int,
    share: int,
    seconds: float,
    folder: Path,
) -> Output:
    command = [
        str(BINARIES / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--file={script}",
        f"--client={clients}", f"--jobs={min(2, clients)}", f"--time={max(1, round(seconds))}",
        "--log", f"--log-prefix={folder / 'log'}", "--define=n=0", f"--define=share={share}",
        f"--define=performance={key}", database_url,
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environ() | ({"PGOPTIONS": PLANS} if script == CALL else {}),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds + ENDS_WITHIN_S):
            out, error = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise PgbenchError(error.decode(errors="replace")[-2000:])
    return read(out.decode(), folder)


def read(output: str, folder: Path) -> Output:
    """What pgbench said, and the latencies in its log files, sorted, in seconds."""
    transactions = re.search(r"transactions actually processed: (\d+)", output)
    rate = re.search(r"tps = ([\d.]+) \(without initial connection time\)", output)
    if transactions is None or rate is None:
        raise PgbenchError(f"not understood: {output}")
    latencies = array("d")
    for file in folder.iterdir():
        with file.open("rb") as lines:
            latencies.extend(int(line.split()[2]) / 1e6 for line in lines)
    return Output(int(transactions[1]), float(rate[1]), array("d", sorted(latencies)))


def new_performance(database_url: str, seats: int) -> int:
    """The key of a new performance whose seats are all free."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(FUNCTION.encode())
        connection.execute(ADD_CONCERT, {"concert": CONCERT})
        row = connection.execute(ADD_PERFORMANCE, {"concert": CONCERT, "seats": seats}).fetchone()
        connection.execute("vacuum analyze seats")
    assert row is not None
    return int(row[0])


def _count(database_url: str, key: int) -> tuple[int, int]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(COUNT, {"key": key}).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
