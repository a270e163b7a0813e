"""While a store is away, polls do not become more than they are while all is well."""

import heapq
import statistics
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from helpers.concerts import HALL, concert, load_concert
from helpers.fans import carried_out
from yemae.accounts.access import NO_GROUPS, Identity
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.refusals import Overloaded, RateLimited, StoreUnavailable
from yemae.runtime import LastKnown, Runtime, open_runtime
from yemae.sale import admission, join, polls
from yemae.sale.batches import Batches, open_batches
from yemae.sale.join import JoinRequest, Newcomer
from yemae.sale.place_states import Waiting
from yemae.settings import Settings
from yemae.waiting_room import pace
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import QueueToken

CROWD = 400
SPAN_S = 60.0


@pytest.fixture
def own_valkey(tmp_path: Path, database_url: str) -> Iterator[PrivateStores]:
    """A Valkey that a test may stop."""
    stores = PrivateStores(tmp_path / "own", external=StoreUrls(database_url, ""), durable=False)
    stores.start()
    yield stores
    stores.stop()


@pytest.fixture
async def runtime(
    settings: Settings, own_valkey: PrivateStores, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Runtime]:
    """A runtime on that Valkey, whose views a test reads again itself."""
    await load_concert(settings, concert(active_limit=1, admit_per_minute=1))
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 10.0)
    monkeypatch.setattr(polls, "POLLS_PER_WINDOW_MAX", 100_000)
    own = settings.replace(valkey_url=own_valkey.urls.valkey_url, valkey_timeout_s=2)
    async with open_runtime(own) as opened:
        yield opened


@pytest.fixture
async def batches(runtime: Runtime) -> AsyncIterator[Batches]:
    """Its batches."""
    async with open_batches(runtime) as opened:
        yield opened


async def joined(runtime: Runtime) -> list[QueueToken]:
    requests = [JoinRequest(HALL, f"fan-{n:04}") for n in range(CROWD)]
    standings = await carried_out(join.join(runtime, requests))
    await admission.admit(runtime, runtime.catalogue.concert(HALL))
    runtime.board._views.clear()
    await runtime.board.view(HALL)
    return [
        QueueToken(HALL, request.user_id, standing.number)
        for request, standing in zip(requests, standings, strict=True)
        if isinstance(standing, Standing)
    ]


async def wait_s(batches: Batches, token: QueueToken) -> tuple[float, bool]:
    """What a poll returns: how long to wait, and whether it was answered."""
    try:
        place = await batches.polls.poll_place(token)
    except StoreUnavailable as refusal:
        return refusal.retry_s, False
    assert isinstance(place, Waiting)
    return place.poll_after_ms / 1000, True


async def polls_per_s(batches: Batches, tokens: list[QueueToken]) -> tuple[float, float]:
    """Polls per second of fans who poll on time, and the share that was answered."""
    due = [(0.0, index) for index in range(len(tokens))]
    polls, answered = 0, 0
    while due[0][0] < SPAN_S:
        at_s, index = heapq.heappop(due)
        after_s, is_answered = await wait_s(batches, tokens[index])
        polls += 1
        answered += is_answered
        heapq.heappush(due, (at_s + after_s, index))
    return polls / SPAN_S, answered / polls


async def test_the_polls_per_second_do_not_rise_while_valkey_is_away(
    runtime: Runtime, batches: Batches, own_valkey: PrivateStores
) -> None:
    tokens = await joined(runtime)
    # Everybody of the first hundred is answered by Valkey, and sees it first.
    near = tokens[1:100]
    usual, answered = await polls_per_s(batches, near)
    assert answered == 1.0
    own_valkey.stop()
    while_away, answered = await polls_per_s(batches, near)
    assert answered == 0.0
    assert while_away <= usual


async def test_a_fan_far_back_waits_for_an_interval_of_their_own_and_not_all_the_same(
    runtime: Runtime, batches: Batches, own_valkey: PrivateStores
) -> None:
    tokens = await joined(runtime)
    own_valkey.stop()
    # As a view is that has grown too old to answer from.
    runtime.board._views[HALL].read_at -= 60
    waits = [(await wait_s(batches, tokens[390]))[0] for _ in range(100)]
    # 390 ahead, or 511 at most: 4.9 to 6.1 seconds, stretched up to twofold.
    assert min(waits) >= 4
    assert statistics.mean(waits) > 5
    assert max(waits) <= 13
    assert len(set(waits)) > 3


async def test_a_fan_who_is_refused_for_polling_too_often_waits_for_the_interval_at_least(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await joined(runtime)
    batches.polls._asked._most = 1
    await batches.polls.poll_place(tokens[350])
    with pytest.raises(RateLimited) as refused:
        await batches.polls.poll_place(tokens[350])
    assert refused.value.retry_s >= 4


async def test_a_newcomer_who_gets_no_place_comes_back_as_the_end_of_the_line_does(
    runtime: Runtime, batches: Batches, own_valkey: PrivateStores
) -> None:
    newcomer = Newcomer(Identity("newcomer", is_operator=False, groups=NO_GROUPS), lambda: "")
    await joined(runtime)
    runtime.last_known[HALL] = LastKnown(1, 2_000)
    own_valkey.stop()
    with pytest.raises(StoreUnavailable) as refused:
        await join.join_queue(runtime, batches, [runtime.catalogue.concert(HALL)], newcomer)
    assert 21 <= refused.value.retry_s <= 42
    runtime.last_known.clear()
    with pytest.raises(StoreUnavailable) as refused:
        await join.join_queue(runtime, batches, [runtime.catalogue.concert(HALL)], newcomer)
    assert 2 <= refused.value.retry_s <= 5


def test_those_who_are_refused_together_do_not_come_back_together() -> None:
    assert {Overloaded().retry_s for _ in range(200)} == {2, 3, 4, 5}
    at_the_end = pace.Pace(45_000, 1_000, 10, 60_000)
    waits = [pace.retry_after_s(at_the_end, 60_000) for _ in range(200)]
    assert min(waits) >= 54
    assert max(waits) <= 60
    assert len(set(waits)) > 3
