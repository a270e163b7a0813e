"""Polls at the limits of a view: who is answered from it, how polls are counted, what is kept."""

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from helpers.concerts import HALL, concert, load_concert
from sale.test_polls import asked_store, crowd, look_again, standing_of
from yemae.refusals import RateLimited
from yemae.runtime import LastKnown, Runtime, open_runtime
from yemae.sale import places, policy, polls
from yemae.sale.batches import Batches, open_batches
from yemae.settings import Settings
from yemae.waiting_room.queue_numbers import EXACT_AHEAD
from yemae.waiting_room.tokens import QueueToken


@pytest.fixture
async def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    """A runtime whose views are read again when a test says so, and whose presence too."""
    await load_concert(settings, concert(active_limit=10_000))
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 10.0)
    monkeypatch.setattr(polls, "PRESENCE_FLUSH_S", 10.0)
    async with open_runtime(settings) as opened:
        yield opened


@pytest.fixture
async def batches(runtime: Runtime) -> AsyncIterator[Batches]:
    """Its batches."""
    async with open_batches(runtime) as opened:
        yield opened


async def in_line(runtime: Runtime) -> list[QueueToken]:
    """Fans of whom a view is there."""
    tokens = await crowd(runtime)
    await look_again(runtime)
    return tokens


async def is_from_the_view(batches: Batches, token: QueueToken) -> bool:
    from_view, from_store = asked_store(batches)
    await standing_of(batches, token)
    now = asked_store(batches)
    assert now in ((from_view + 1, from_store), (from_view, from_store + 1))
    return now[0] > from_view


# --- Who is answered from the view ----------------------------------------------------------------


@pytest.mark.parametrize(("admitted_per_s", "soon"), [(None, 0), (0.0, 0), (5.0, 10)])
async def test_fans_who_could_be_admitted_within_two_seconds_get_an_exact_answer(
    runtime: Runtime, batches: Batches, admitted_per_s: float | None, soon: int
) -> None:
    tokens = await in_line(runtime)
    view = runtime.board.last(HALL)
    assert view is not None
    view.admitted_per_s = admitted_per_s
    ahead = {view.ranks.most_ahead(0, token.number): token for token in tokens}
    assert not await is_from_the_view(batches, ahead[EXACT_AHEAD + soon])
    assert await is_from_the_view(batches, ahead[EXACT_AHEAD + soon + 1])


async def test_one_exact_answer_is_enough_when_the_place_is_as_the_token_says(
    runtime: Runtime, batches: Batches
) -> None:
    token = (await in_line(runtime))[300]
    batches.polls._remember(token)
    assert not await is_from_the_view(batches, token)
    assert await is_from_the_view(batches, token)


async def test_the_fans_who_are_asked_about_exactly_are_bounded(
    runtime: Runtime, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = await in_line(runtime)
    monkeypatch.setattr(polls, "REMEMBERED_MAX", 2)
    for token in tokens[300:303]:
        batches.polls._remember(token)
    # One more than the most makes the next one begin anew: at worst views answer too early.
    assert batches.polls._ask_exactly == set(tokens[300:303])
    batches.polls._remember(tokens[303])
    assert batches.polls._ask_exactly == {tokens[303]}


async def test_a_fan_whose_place_has_moved_is_looked_up_and_asked_about_exactly(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await in_line(runtime)
    await places.leave(runtime, tokens[300])
    for token in tokens[300:302]:
        assert await is_from_the_view(batches, token)
    await batches.polls.close()
    assert batches.polls._ask_exactly == {tokens[300]}


# --- Counts ---------------------------------------------------------------------------------------


def polls_counted() -> list[float]:
    return [
        REGISTRY.get_sample_value("yemae_polls_total", {"from": source}) or 0.0
        for source in ("view", "store")
    ]


async def test_polls_are_counted_once_by_how_they_were_answered(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await in_line(runtime)
    view, store = polls_counted()
    for token in [*tokens[300:303], *tokens[:2]]:
        await standing_of(batches, token)
    for _ in range(2):
        batches.polls._add_up()
        assert polls_counted() == [view + 3, store + 2]


@pytest.mark.parametrize("ahead", [0, 300])
async def test_polls_of_one_place_are_counted_however_they_are_answered(
    runtime: Runtime, batches: Batches, ahead: int
) -> None:
    tokens = await in_line(runtime)
    batches.polls._asked._most = 3
    for _ in range(3):
        await standing_of(batches, tokens[ahead])
    with pytest.raises(RateLimited):
        await standing_of(batches, tokens[ahead])
    await standing_of(batches, tokens[ahead + 1])


# --- When to come back ----------------------------------------------------------------------------


async def test_a_fan_who_is_refused_comes_back_at_the_pace_of_the_last_view_there_was(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await in_line(runtime)
    pace = policy.pace(runtime, runtime.catalogue.concert(HALL))
    runtime.last_known[HALL] = LastKnown(0, 2_000)

    def assert_waits(token: QueueToken, ahead: int) -> None:
        interval_s = pace.interval_ms(ahead) / 1000
        waits = [batches.polls._retry_after_s(token) for _ in range(200)]
        assert interval_s <= min(waits) <= max(waits) <= math.ceil(2 * interval_s)

    assert_waits(tokens[0], 0)
    view = runtime.board.last(HALL)
    assert view is not None
    assert_waits(tokens[399], view.ranks.most_ahead(0, tokens[399].number))
    # Of a lane that the view does not have, and without any view: as many as waited last.
    assert_waits(tokens[0]._replace(lane=1), 2_000)
    runtime.board._views.clear()
    assert_waits(tokens[0], 2_000)


async def test_before_the_opening_a_fan_who_is_refused_comes_back_after_the_longest_interval(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await in_line(runtime)
    hall = runtime.catalogue.concert(HALL)
    later = datetime.now(UTC) + timedelta(hours=1)
    runtime.catalogue.queues[HALL] = hall = replace(hall, sale_opens_at=later)
    longest_s = policy.pace(runtime, hall).longest_ms / 1000
    waits = [batches.polls._retry_after_s(tokens[0]) for _ in range(50)]
    assert 0.9 * longest_s <= min(waits) <= max(waits) <= longest_s
