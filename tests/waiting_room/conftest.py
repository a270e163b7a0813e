"""A waiting room of its own for each test."""

from collections.abc import AsyncIterator

import pytest

from waiting_room.room import Room


@pytest.fixture
async def room(valkey_url: str) -> AsyncIterator[Room]:
    """An empty waiting room."""
    opened = Room(valkey_url)
    yield opened
    await opened.close()


@pytest.fixture
async def other(room: Room) -> AsyncIterator[Room]:
    """The same room, from another process."""
    opened = Room(room.store_url)
    yield opened
    await opened.close()
