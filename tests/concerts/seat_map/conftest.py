"""What tests of the live seat map share: another server process."""

from collections.abc import AsyncIterator

import pytest

from yemae.concerts.seat_map import availability
from yemae.runtime import Runtime, open_runtime


@pytest.fixture
async def other(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    """Another process's runtime on the same stores, whose own checks come once an hour."""
    monkeypatch.setattr(availability, "CHECK_S", 3_600.0)
    monkeypatch.setattr(availability, "TICK_S", 0.05)
    async with open_runtime(runtime.settings) as opened:
        yield opened
