"""A process has room for a limited number of connections: the idle ones end first."""

import asyncio
import contextlib

import pytest
import structlog
from structlog.testing import LogCapture

from helpers.connections import (
    all_that_comes,
    connected,
    next_echo,
    on_uvloop,
    serving,
)
from helpers.half_answers import GET, SHORT_S, answered, half
from yemae.http.server import connections

pytestmark = pytest.mark.usefixtures("path")


@on_uvloop
async def test_one_connection_too_many_ends_the_one_that_is_idle_for_the_longest_time() -> None:
    async with serving(connections_max=3) as (port, among), contextlib.AsyncExitStack() as stack:
        idle = [await answered(port, stack) for _ in range(3)]
        # The first has asked again, so that the second is idle for the longest time.
        idle[0][1].write(GET)
        await next_echo(idle[0][0])
        logged = LogCapture()
        with pytest.MonkeyPatch.context() as patch:
            logger = structlog.wrap_logger(
                structlog.ReturnLogger(), processors=[logged], wrapper_class=structlog.BoundLogger
            )
            patch.setattr(connections, "log", logger)
            idle += [await answered(port, stack) for _ in range(2)]
        assert await all_that_comes(idle[1][0]) == b""
        assert await all_that_comes(idle[2][0]) == b""
        for reader, writer in (idle[0], *idle[3:]):
            writer.write(GET)
            await next_echo(reader)
        assert len(among) == 3
    # One line, not one for each.
    said = [line for line in logged.entries if line["event"] == "connections at their bound"]
    assert [(line["log_level"], line["bound"]) for line in said] == [("warning", 3)]


@on_uvloop
async def test_a_request_that_is_being_answered_is_never_ended_for_another() -> None:
    async with serving(half, connections_max=2) as (port, _), contextlib.AsyncExitStack() as stack:
        for _ in range(2):
            reader, writer = await stack.enter_async_context(connected(port))
            writer.write(GET)
            await reader.readuntil(b"half\r\n")
        newest, _ = await stack.enter_async_context(connected(port))
        assert await all_that_comes(newest) == b""
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), SHORT_S)


@on_uvloop
async def test_silent_connections_make_room_for_those_that_ask() -> None:
    async with serving(connections_max=10) as (port, among), contextlib.AsyncExitStack() as stack:
        for _ in range(50):
            await stack.enter_async_context(connected(port))
        await answered(port, stack)
        assert len(among) == 10
