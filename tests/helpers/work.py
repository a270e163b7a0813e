"""What code asks of the stores: statements and round trips to PostgreSQL, calls to Valkey."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, NamedTuple

import pytest
from valkey.asyncio.connection import AbstractConnection

from helpers.fans import carried_out
from yemae.store.pipeline import Pipeline
from yemae.store.queries import Numbered


class Work(NamedTuple):
    """Begin and commit are statements, too."""

    statements: int = 0
    round_trips: int = 0
    valkey_calls: int = 0


class Meter:
    """Counts what the task that has it, and those that it starts, asks of the stores; what runs in
    the background does not count."""

    def __init__(self) -> None:
        self.statements = self.round_trips = self.valkey_calls = 0


_meter: ContextVar[Meter | None] = ContextVar("meter", default=None)


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count in every test of a module that imports this."""
    send, read = Pipeline.send, Pipeline._read
    write = AbstractConnection.send_packed_command

    def sent(self: Pipeline, statement: Numbered, params: Any) -> Any:
        if meter := _meter.get():
            meter.statements += 1
        return send(self, statement, params)

    async def waited(self: Pipeline) -> None:
        if meter := _meter.get():
            meter.round_trips += 1
        await read(self)

    async def written(self: AbstractConnection, *args: Any, **kwargs: Any) -> None:
        if meter := _meter.get():
            meter.valkey_calls += 1
        await write(self, *args, **kwargs)

    monkeypatch.setattr(Pipeline, "send", sent)
    monkeypatch.setattr(Pipeline, "_read", waited)
    monkeypatch.setattr(AbstractConnection, "send_packed_command", written)


async def work_of(verb: Callable[[], Awaitable[Any]]) -> Work:
    """What a batch asks of the stores, and its follow-ups."""
    return await work_of_call(carried_out(verb()))


async def work_of_call(call: Awaitable[Any]) -> Work:
    """What anything asks of the stores."""
    meter = Meter()
    token = _meter.set(meter)
    try:
        await call
    finally:
        _meter.reset(token)
    return Work(meter.statements, meter.round_trips, meter.valkey_calls)
