"""The board goes on reading, whatever one reading came to."""

import asyncio

import pytest

from waiting_room.room import CONCERT, Room
from yemae.runtime import running
from yemae.waiting_room import counts
from yemae.waiting_room.board import Board
from yemae.waiting_room.snapshot import Snapshot


async def test_a_reading_that_fails_in_an_unknown_way_is_not_the_last(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(room.valkey, 0.02, lambda _: 1)
    view = await board.view(CONCERT)

    async def fails(*_: object) -> Snapshot:
        raise RuntimeError

    async with running(board.keep_fresh()), asyncio.timeout(60):
        with monkeypatch.context() as broken:
            broken.setattr(counts, "snapshot", fails)
            for _ in range(3):
                await board.beat()
        for _ in range(3):
            await board.beat()
        assert board.latest(CONCERT) is not view
