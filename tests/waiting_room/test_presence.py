"""Heartbeats wait for their flush: how many, in which parts, and while the store is away."""

import asyncio
from collections.abc import Sequence

from yemae.refusals import StoreUnavailable
from yemae.waiting_room.presence import Presence
from yemae.waiting_room.tokens import QueueToken


class Sent:
    """What was sent, call by call; a concert whose store is away refuses."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, list[tuple[str, int]]]] = []
        self.away: set[str] = set()

    async def send(self, tokens: Sequence[QueueToken], patience_ms: Sequence[int]) -> None:
        """Take the heartbeats of one concert."""
        (concert_id,) = {token.concert_id for token in tokens}
        if concert_id in self.away:
            raise StoreUnavailable
        users = [token.user_id for token in tokens]
        self.calls.append((concert_id, list(zip(users, patience_ms, strict=True))))


def token(user: str, concert_id: str = "hall") -> QueueToken:
    return QueueToken(concert_id, user, 1)


async def test_heartbeats_go_out_by_concert_in_parts_and_once() -> None:
    sent = Sent()
    presence = Presence(sent.send, size_max=2, waiting_max=10)
    for n, concert_id in enumerate(("hall", "hall", "club", "hall", "hall", "hall")):
        assert presence.note(token(f"fan-{n}", concert_id), 100 + n)
    assert presence.note(token("fan-0"), 500), "the latest of a fan counts"
    await presence.flush()
    assert sent.calls == [
        ("hall", [("fan-0", 500), ("fan-1", 101)]),
        ("hall", [("fan-3", 103), ("fan-4", 104)]),
        ("hall", [("fan-5", 105)]),
        ("club", [("fan-2", 102)]),
    ]
    await presence.flush()
    assert len(sent.calls) == 4


async def test_no_more_fans_are_noted_than_may_wait() -> None:
    presence = Presence(Sent().send, size_max=2, waiting_max=2)
    assert [presence.note(token(f"fan-{n}"), 1) for n in range(3)] == [True, True, False]
    await presence.flush()
    assert presence.note(token("fan-3"), 1)


async def test_what_a_store_that_is_away_did_not_take_is_sent_later_unless_it_is_outdated() -> None:
    sent = Sent()
    presence = Presence(sent.send, size_max=2, waiting_max=10)
    for n in range(3):
        presence.note(token(f"fan-{n}"), 100 + n)
    presence.note(token("fan-9", "club"), 109)
    sent.away = {"hall"}
    await presence.flush()
    assert sent.calls == [("club", [("fan-9", 109)])], "other concerts are not held up"
    presence.note(token("fan-1"), 700)
    sent.away.clear()
    sent.calls.clear()
    await presence.flush()
    assert dict(pair for _, pairs in sent.calls for pair in pairs) == {
        "fan-0": 100,
        "fan-1": 700,
        "fan-2": 102,
    }


async def test_a_heartbeat_that_came_while_the_store_was_asked_is_the_one_that_is_kept() -> None:
    sent = Sent()
    sent.away = {"hall"}

    async def send(tokens: Sequence[QueueToken], patience_ms: Sequence[int]) -> None:
        if sent.away:
            presence.note(token("fan"), 900)
        await sent.send(tokens, patience_ms)

    presence = Presence(send, size_max=2, waiting_max=10)
    presence.note(token("fan"), 100)
    await presence.flush()
    sent.away.clear()
    await presence.flush()
    assert sent.calls == [("hall", [("fan", 900)])]


async def test_each_interval_has_its_flush_whatever_became_of_the_one_before() -> None:
    sent = Sent()
    intervals = 0

    def also() -> None:
        nonlocal intervals
        intervals += 1
        if intervals == 2:
            raise ValueError("a fault of ours")

    presence = Presence(sent.send, size_max=2, waiting_max=10)
    task = asyncio.create_task(presence.keep_flushing(0.001, also))
    async with asyncio.timeout(60):
        for flushed in range(1, 4):
            presence.note(token("fan"), flushed)
            while len(sent.calls) < flushed:  # noqa: ASYNC110 - it waits for what the task does
                await asyncio.sleep(0)
    task.cancel()
    assert sent.calls == [("hall", [("fan", flushed)]) for flushed in range(1, 4)]
    assert intervals >= 4, "the interval that failed was not the last"
