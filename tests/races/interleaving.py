"""Making a race happen every time, or showing that it cannot.

A race is an order of events. `overtake` forces the bad one: the first caller stops between its
decision and its write, the second caller runs until it is done or waits for a lock, and then the
first goes on. With the guards on, the second has to wait; a control takes guards away with
`without` and sees the damage. Nothing here depends on luck or on the speed of the machine.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import ModuleType
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from helpers.concerts import load_concert
from yemae.concerts.files.concert_file import FileConcert
from yemae.embedded.postgres_server import NAME
from yemae.refusals import Refusal
from yemae.runtime import Runtime, open_runtime
from yemae.settings import Settings
from yemae.store.queries import Query
from yemae.store.scripts import Script

DEADLINE_S = 120
ROW_LOCK = "for no key update"
TURN = "pg_advisory_xact_lock(key)"

LOCK_WAITS = b"""
    select count(*) from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'"""


@asynccontextmanager
async def several_runtimes(
    settings: Settings, count: int, wanted: FileConcert | None = None
) -> AsyncIterator[list[Runtime]]:
    """Runtimes on the same stores, each with pools of its own, as in as many processes."""
    await load_concert(settings, wanted)
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_runtime(settings)) for _ in range(count)]


class Pause:
    """Stops the first caller of a function of ours until the test lets it go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, function: str) -> None:
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()
        original = getattr(module, function)

        async def paused(*args: Any, **kwargs: Any) -> Any:
            if not self.reached.is_set():
                self.reached.set()
                await self.go_on.wait()
            return await original(*args, **kwargs)

        monkeypatch.setattr(module, function, paused)


def without(
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    statement: str,
    guard: str,
    instead: str = "",
) -> None:
    """Take a guard out of a module's SQL statement, for a control."""
    query: Query[Any] | bytes = getattr(module, statement)
    text = query if isinstance(query, bytes) else query.text
    assert guard.encode() in text, f"{statement} has no such guard any more: {guard}"
    unguarded = text.replace(guard.encode(), instead.encode())
    if isinstance(query, bytes):
        monkeypatch.setattr(module, statement, unguarded)
    else:
        monkeypatch.setattr(query, "text", unguarded)


def without_in_lua(
    monkeypatch: pytest.MonkeyPatch, script: Script[..., Any], guard: str, instead: str = ""
) -> None:
    """Take a guard out of a Lua script, for a control."""
    assert guard in script.text, f"{script.name}.lua has no such guard any more: {guard}"
    monkeypatch.setattr(script, "text", script.text.replace(guard, instead))


async def overtake(
    database_url: str,
    pause: Pause,
    first: Coroutine[Any, Any, Any],
    second: Coroutine[Any, Any, Any],
) -> list[Any]:
    """Run both as described above. Returns the two answers, or the exceptions."""
    async with asyncio.timeout(DEADLINE_S):
        ahead = asyncio.create_task(first)
        await pause.reached.wait()
        behind = asyncio.create_task(second)
        await until_done_or_waiting(database_url, behind)
        pause.go_on.set()
        return list(await asyncio.gather(ahead, behind, return_exceptions=True))


async def until_done_or_waiting(database_url: str, *tasks: "asyncio.Task[Any]") -> None:
    """Until each of these tasks is done or waits for a lock of PostgreSQL."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as watcher:
        while unfinished := sum(not task.done() for task in tasks):
            row = await (await watcher.execute(LOCK_WAITS)).fetchone()
            if row is not None and row[0] >= unfinished:
                return


async def execute(database_url: str, *statements: str) -> None:
    """Change the schema for a control, or do by hand what our code never does; as the owner."""
    owner_url = make_conninfo(database_url, user=NAME)
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as session:
        for statement in statements:
            await session.execute(statement.encode())


async def count(database_url: str, query: str) -> int:
    """The one number that a query answers."""
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as session:
        row = await (await session.execute(query.encode())).fetchone()
    assert row is not None
    return int(row[0])


async def all_at_once(callers: Iterable[Awaitable[Any]]) -> list[Any]:
    """What everybody is answered: values and refusals. Anything else is a fault, and raised."""
    async with asyncio.timeout(DEADLINE_S):
        answers = await asyncio.gather(*callers, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Refusal):
            raise answer
    return answers


def tally(answers: Sequence[Any]) -> dict[str, int]:
    """How often each kind of answer was given, by its class's name."""
    return dict(Counter(type(answer).__name__ for answer in answers))
