"""`kill -9` in the middle of the refunds of a cancelled date: everybody is refunded once."""

import asyncio
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from helpers.concerts import FIRST, SEAT_PRICE, SMALL, TEXT
from helpers.fans import Fan
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled
from helpers.server import Server
from helpers.serving import until
from yemae.sale import refund_run
from yemae.sale.cancel_date import cancel_date

SEATS = 120
TOP_UP = 1_000_000


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with durable stores of its own."""
    with tempfile.TemporaryDirectory(prefix="yemae-kill-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        concert = Path(folder) / "hall.toml"
        concert.write_text(TEXT.format(**{**SMALL, "seats": SEATS}))
        server = Server(Path(folder), "--load", str(concert), YEMAE_WORKERS="1")
        server.start()
        try:
            yield server
        finally:
            server.stop()


class Seen(NamedTuple):
    """How far the run is; "away" while the database is being started again."""

    state: str
    orders: int


def look(server: Server) -> Seen:
    """Look without a pool, which would wait for a database that is away."""
    try:
        with psycopg.connect(server.settings.stores.database_url, connect_timeout=5) as session:
            row = session.execute("select state, orders from refund_runs").fetchone()
    except psycopg.OperationalError:
        return Seen("away", -1)
    assert row is not None
    return Seen(*row)


async def test_killed_jobs_processes_and_stores_refund_everybody_exactly_once(
    server: Server,
) -> None:
    async with server.runtime() as runtime:
        for seat in range(1, SEATS + 1):
            await bought(Fan(runtime, f"fan-{seat}"), str(seat))
        await cancel_date(runtime, "op", FIRST, "The singer is ill")
    kills = 0
    # As soon as it has refunded some fans, its process dies; then the database in the middle.
    for store in (None, "postgres", None):
        kills += await asyncio.to_thread(killed_in_the_middle, server, store)
    assert kills, "it was over before"
    await asyncio.to_thread(until, lambda: look(server).state == "done")
    async with server.runtime() as runtime:
        found = await refund_run.progress(runtime, FIRST)
        assert (found.run.orders, found.run.refunded) == (SEATS, SEATS * SEAT_PRICE)
        async with runtime.postgres.transaction() as tx:
            balances = await tx.fetch(b"select distinct balance from wallets")
        assert [row.balance for row in balances] == [TOP_UP]
        await assert_reconciled(runtime)


def killed_in_the_middle(server: Server, store: str | None) -> bool:
    """Kill the jobs process or a store once the run has gone on; False when it was done."""
    until(lambda: len(server.jobs()) == 1)
    before = max(0, look(server).orders)
    until(lambda: (seen := look(server)).orders > before or seen.state == "done")
    if look(server).state == "done":
        return False
    os.kill((server.below(store) if store else server.jobs())[0], signal.SIGKILL)
    return True
