"""The board: how old a view may be, who keeps it fresh, and that it goes on reading."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from waiting_room.room import CONCERT, Room
from yemae.refusals import ConcertNotFound
from yemae.runtime import running
from yemae.sale.policy import UNKNOWN
from yemae.waiting_room import board as board_module
from yemae.waiting_room import counts
from yemae.waiting_room.board import INTEREST_S, STALE_S, Board, View
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


async def test_a_concert_that_was_removed_is_no_failure_of_a_reading(room: Room) -> None:
    known = {CONCERT}

    def lanes_of(concert_id: str) -> int:
        if concert_id not in known:
            raise ConcertNotFound
        return 1

    board = Board(room.valkey, 0.01, lanes_of)
    await board.view(CONCERT)
    known.clear()
    with capture_logs() as logs:
        async with running(board.keep_fresh()), asyncio.timeout(60):
            for _ in range(3):
                await board.beat()
    assert logs == []


async def test_a_view_is_served_until_it_is_stale_and_afterwards_only_for_guesses(
    room: Room,
) -> None:
    board = Board(room.valkey, 1.0, lambda _: 1)
    assert board.latest(CONCERT) is board.peek(CONCERT) is board.last(CONCERT) is None
    view = await board.view(CONCERT)
    view.read_at -= STALE_S - 2
    assert board.latest(CONCERT) is board.peek(CONCERT) is board.last(CONCERT) is view
    assert await board.glance(CONCERT) is view.snapshot
    view.read_at -= 2
    assert board.latest(CONCERT) is board.peek(CONCERT) is None
    assert board.last(CONCERT) is view
    assert await board.glance(CONCERT) is not view.snapshot
    assert board.last(CONCERT) is not view


async def test_a_reader_who_waits_gets_a_view_of_two_intervals_at_most(room: Room) -> None:
    board = Board(room.valkey, 100.0, lambda _: 1)
    view = await board.view(CONCERT)
    view.read_at -= 190
    assert await board.view(CONCERT) is view
    assert await board.snapshot(CONCERT) is view.snapshot
    view.read_at -= 10
    assert await board.view(CONCERT) is not view


async def test_readers_who_come_together_share_one_reading(room: Room) -> None:
    # An interval by which no bound may be divided: the reading would be older at once.
    board = Board(room.valkey, 1e9, lambda _: 1)
    views = await asyncio.gather(*(board.view(CONCERT) for _ in range(5)))
    assert len(set(map(id, views))) == 1


async def test_views_with_readers_are_kept_fresh_and_a_glance_is_no_reader(room: Room) -> None:
    board = Board(room.valkey, 0.01, lambda _: 1)
    await board.view("read")
    await board.glance("glanced at")
    read, glanced = board.last("read"), board.last("glanced at")
    async with running(board.keep_fresh()), asyncio.timeout(60):
        while board.last("read") is read:
            await board.beat()
    assert board.last("glanced at") is glanced


async def test_a_view_that_had_no_reader_for_some_time_is_dropped(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(room.valkey, 0.01, lambda _: 1)
    await board.view(CONCERT)
    monkeypatch.setattr(board_module, "INTEREST_S", -1.0)
    async with running(board.keep_fresh()), asyncio.timeout(60):
        while board.last(CONCERT) is not None:
            await board.beat()


async def test_one_round_reads_the_views_with_readers_while_it_drops_another(room: Room) -> None:
    board = Board(room.valkey, 0.01, lambda _: 3)
    await board.view("left")
    read = await board.view("read")
    assert len(read.snapshot.lanes) == 3
    board._looked_at["left"] -= INTEREST_S + 1
    read.read_at -= 1
    async with running(board.keep_fresh()), asyncio.timeout(60):
        await board.beat()
        assert board.last("read") not in (None, read)
        assert board.last("left") is None
    assert list(board._looked_at) == ["read"]


def test_the_rates_of_a_view_are_of_one_minute_and_of_five() -> None:
    rates = {"a600": 60, "a599": 60, "a598": 600, "a594": 600}
    seen = UNKNOWN._replace(now_ms=600 * 60_000, first_admitted_at_ms=1, rates=rates)
    view = View(seen)
    assert view.admitted_per_s == 2.0
    assert view.rates_per_s == [2.0, 2.4]
    idle = View(seen._replace(rates={}))
    assert (idle.admitted_per_s, idle.rates_per_s) == (0.0, [])


async def test_a_board_that_closes_wakes_all_who_wait_for_a_beat(room: Room) -> None:
    board = Board(room.valkey, 1.0, lambda _: 1)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        waiting = [group.create_task(board.beat()) for _ in range(2)]
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
        board.close()
    async with asyncio.timeout(60):
        await board.beat()


async def test_no_reader_of_a_fresh_view_waits_for_the_one_that_is_being_read(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(room.valkey, 10.0, lambda _: 1)
    view = await board.view(CONCERT)
    # More than half of its interval, so that it is read again.
    view.read_at -= 6
    reading, go_on = asyncio.Event(), asyncio.Event()
    read = counts.snapshot

    async def slow(*given: Any) -> Snapshot:
        reading.set()
        await go_on.wait()
        return await read(*given)

    monkeypatch.setattr(counts, "snapshot", slow)
    async with running(board.keep_fresh()), asyncio.timeout(8):
        await reading.wait()
        assert await board.view(CONCERT) is view
        assert await board.glance(CONCERT) is view.snapshot
        go_on.set()


async def test_listeners_of_a_closed_board_do_not_wait_for_its_next_round(room: Room) -> None:
    board = Board(room.valkey, 3_600.0, lambda _: 1)
    board.close()
    async with running(board.keep_fresh()), asyncio.timeout(8):
        for _ in range(3):
            await asyncio.sleep(0)
        await board.beat()


# --- On a clock of its own ------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The board's clock, which stands still until a test moves it."""
    moment = [100.0]
    monkeypatch.setattr(board_module, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    return moment


async def one_round(board: Board, monkeypatch: pytest.MonkeyPatch) -> float:
    """Refresh the views once. Returns the pause before the next round."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        raise asyncio.CancelledError

    with monkeypatch.context() as once:
        own = SimpleNamespace(Event=asyncio.Event, Lock=asyncio.Lock, sleep=pause)
        once.setattr(board_module, "asyncio", own)
        with pytest.raises(asyncio.CancelledError):
            await board.keep_fresh()
    (seconds,) = pauses
    return seconds


@pytest.mark.parametrize(("took_s", "pause_s"), [(0.0, 1.0), (0.25, 0.75), (1.5, 0.01)])
async def test_a_round_begins_an_interval_after_the_one_before_or_at_once_if_that_took_longer(
    room: Room,
    clock: list[float],
    monkeypatch: pytest.MonkeyPatch,
    took_s: float,
    pause_s: float,
) -> None:
    def lanes_of(_: str) -> int:
        clock[0] += took_s
        return 1

    board = Board(room.valkey, 1.0, lanes_of)
    board.latest(CONCERT)
    assert await one_round(board, monkeypatch) == pytest.approx(pause_s)


async def test_the_age_that_a_view_may_have_is_over_at_its_very_moment(
    room: Room, clock: list[float]
) -> None:
    board = Board(room.valkey, 1.0, lambda _: 1)
    first = await board.view(CONCERT)
    clock[0] += 2.0
    second = await board.view(CONCERT)
    assert second is not first
    clock[0] += STALE_S
    assert board.peek(CONCERT) is None


async def test_a_concert_is_forgotten_after_its_time_also_if_it_was_never_read(
    room: Room, clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    board = Board(room.valkey, 1.0, lambda _: 1)
    board.latest("read")
    await one_round(board, monkeypatch)
    assert board.last("read") is not None
    board.latest("never read")
    clock[0] += INTEREST_S
    board.latest("read")
    clock[0] += 1
    await one_round(board, monkeypatch)
    assert list(board._looked_at) == ["read"]
    clock[0] += INTEREST_S - 1
    await one_round(board, monkeypatch)
    assert board.last("read") is not None, "its time ends after this moment"
    clock[0] += 1
    await one_round(board, monkeypatch)
    assert board.last("read") is None
