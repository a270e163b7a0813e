"""Fixtures of the tests of fans' calls."""

from collections.abc import AsyncIterator

import pytest

from helpers.both_paths import Both, opened
from helpers.login_double import LoginDouble
from yemae.sale import polls
from yemae.settings import Settings


@pytest.fixture
async def both(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Both]:
    """Both ports, with a view that stays as it is, and that never grows old on a busy machine."""
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 1_000.0)
    monkeypatch.setattr("yemae.waiting_room.board.STALE_S", 1_000.0)
    monkeypatch.setattr(polls, "PRESENCE_FLUSH_S", 1_000.0)
    async with opened(settings) as ports:
        yield ports


@pytest.fixture
def fresh_views(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views that are read again at once."""
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 0.05)


@pytest.fixture
async def login() -> AsyncIterator[LoginDouble]:
    """A provider."""
    async with LoginDouble().serve() as double:
        yield double
