"""Fixtures of the verbs' tests: processes whose lists come from memory, a hall whose orders can be
cancelled, and one of two grades."""

from collections.abc import AsyncIterator

import pytest

from helpers.cancelling import cancellable
from helpers.concerts import load_concert
from helpers.looking import Process, process
from helpers.moves import TWO_GRADES
from yemae.concerts.files.concert_file import parse
from yemae.concerts.seat_map import availability
from yemae.runtime import Runtime
from yemae.settings import Settings


@pytest.fixture
async def own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Process]:
    """The process that sells. No check puts right what notices and fallbacks have to."""
    monkeypatch.setattr(availability, "CHECK_S", 3_600.0)
    await load_concert(settings)
    async with process(settings) as opened:
        yield opened


@pytest.fixture
async def other(own: Process) -> AsyncIterator[Process]:
    """Another one on the same stores."""
    async with process(own.runtime.settings) as opened:
        yield opened


@pytest.fixture
async def hall(settings: Settings, runtime: Runtime) -> Runtime:
    """The usual hall, whose orders can be cancelled."""
    await load_concert(settings, cancellable())
    await runtime.catalogue.refresh()
    return runtime


@pytest.fixture
async def two_grades(settings: Settings, runtime: Runtime) -> Runtime:
    """The usual concert with two cheaper seats."""
    await load_concert(settings, parse(TWO_GRADES, "hall.toml"))
    await runtime.catalogue.refresh()
    return runtime
