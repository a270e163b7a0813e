"""`kill -9` in the middle of an on-sale: buyers retry and finish, and no answered 201 is lost."""

import asyncio
import itertools
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from helpers.http import until
from helpers.server import Server
from kill.crowd import CONCERT, Crowd, assert_kept

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with durable stores of its own; each test leaves it running."""
    with tempfile.TemporaryDirectory(prefix="yemae-kill-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        concert = Path(folder) / "hall.toml"
        concert.write_text(CONCERT)
        server = Server(Path(folder), "--load", str(concert), YEMAE_SHUTDOWN_GRACE_S="300")
        server.start()
        try:
            yield server
        finally:
            server.stop()


@asynccontextmanager
async def buying(server: Server) -> AsyncIterator[Crowd]:
    """A crowd in the middle of its purchases; at the end it has finished, and all is well."""
    crowd = Crowd(server.url, f"crowd-{next(_numbers)}")
    run = asyncio.create_task(crowd.run())
    middle = asyncio.create_task(crowd.has_paid(15))
    try:
        await asyncio.wait([run, middle], return_when=asyncio.FIRST_COMPLETED)
        assert not run.done()
        yield crowd
        assert crowd.paid < len(crowd.fans) * crowd.rounds, "it was over before"
    finally:
        await run
    await assert_kept(server, crowd)


def connections(pid: int) -> int:
    """How many clients a server process has."""
    return len(psutil.Process(pid).net_connections("tcp"))


@pytest.mark.parametrize("store", ["postgres", "valkey-server"])
async def test_a_killed_store_comes_back_and_the_sale_goes_on(server: Server, store: str) -> None:
    async with buying(server):
        (pid,) = server.below(store)
        os.kill(pid, signal.SIGKILL)
    assert server.below(store) not in ([], [pid])


async def test_a_killed_server_process_is_replaced_and_the_sale_goes_on(server: Server) -> None:
    async with buying(server):
        busiest = max(server.workers(), key=connections)
        os.kill(busiest, signal.SIGKILL)

    async def is_replaced() -> bool:
        return len(set(server.workers()) - {busiest}) == 2

    await until(is_replaced)


async def test_a_killed_server_is_started_again_and_the_sale_goes_on(server: Server) -> None:
    async with buying(server) as crowd:
        assert server.end(signal.SIGKILL) == -signal.SIGKILL
        await asyncio.to_thread(server.start)
    assert crowd.broken


async def test_a_stop_in_the_middle_answers_or_refuses_and_keeps_its_word(server: Server) -> None:
    async with buying(server) as crowd:
        # Which fails when it takes as long as the grace.
        assert await asyncio.to_thread(server.end) == 0
        assert crowd.half_said == set()
        await asyncio.to_thread(server.start)
    assert crowd.broken
