"""Polls: answered from a view far from the front, exactly near it, and no fan's place suffers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from valkey import Valkey as BlockingValkey

from helpers.concerts import HALL, concert, load_concert
from helpers.fans import carried_out
from helpers.time_travel import travel
from yemae.refusals import QueueTokenExpired, RateLimited, StoreUnavailable
from yemae.runtime import Runtime, open_runtime
from yemae.sale import admission, join, places, polls
from yemae.sale.batches import Batches, open_batches
from yemae.sale.join import JoinRequest
from yemae.settings import Settings
from yemae.waiting_room import counts, queue_numbers
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import QueueToken

CROWD = 400


@pytest.fixture
async def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    """A runtime whose views are read again when a test says so, and whose presence too."""
    await load_concert(settings, concert(active_limit=10_000, absent_after_s=45))
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 10.0)
    monkeypatch.setattr(polls, "PRESENCE_FLUSH_S", 10.0)
    monkeypatch.setattr(polls, "POLLS_PER_WINDOW_MAX", 5)
    async with open_runtime(settings) as opened:
        yield opened


@pytest.fixture
async def batches(runtime: Runtime) -> AsyncIterator[Batches]:
    """Its batches."""
    async with open_batches(runtime) as opened:
        yield opened


async def crowd(runtime: Runtime, count: int = CROWD, name: str = "fan") -> list[QueueToken]:
    requests = [JoinRequest(HALL, f"{name}-{n:04}") for n in range(count)]
    standings = await carried_out(join.join(runtime, requests))
    tokens = []
    for request, standing in zip(requests, standings, strict=True):
        assert isinstance(standing, Standing)
        tokens.append(QueueToken(HALL, request.user_id, standing.number))
    return tokens


async def look_again(runtime: Runtime) -> None:
    """A new view."""
    runtime.board._views.clear()
    await runtime.board.view(HALL)


async def standing_of(batches: Batches, token: QueueToken) -> Standing:
    polls = batches.polls
    return await polls.standing(token, polls._runtime.board.latest(token.concert_id))


def asked_store(batches: Batches) -> tuple[int, int]:
    return batches.polls._from_view, batches.polls._from_store


async def test_far_from_the_front_a_poll_does_not_ask_the_store(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await crowd(runtime)
    await look_again(runtime)
    standing = await standing_of(batches, tokens[300])
    assert (standing.word, standing.ahead, standing.waiting) == ("waiting", 300, CROWD)
    assert asked_store(batches) == (1, 0)
    near = await standing_of(batches, tokens[50])
    assert (near.ahead, asked_store(batches)) == (50, (1, 1))


async def test_a_poll_from_a_view_is_a_sign_of_life(runtime: Runtime, batches: Batches) -> None:
    tokens = await crowd(runtime)
    travel(runtime, 40)
    await look_again(runtime)
    for token in tokens[200:]:
        await standing_of(batches, token)
    await batches.polls._presence.flush()
    travel(runtime, 10)
    done = await admission.admit(runtime, runtime.catalogue.concert(HALL))
    assert (done.stepped_over, done.admitted) == (200, 200)


async def test_when_the_frontier_has_passed_the_ticket_the_answer_is_exact(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await crowd(runtime)
    await admission.admit(runtime, runtime.catalogue.concert(HALL))
    await look_again(runtime)
    assert (await standing_of(batches, tokens[0])).word == "admitted"
    assert asked_store(batches) == (0, 1)


async def test_where_no_fan_waits_or_the_lane_is_gone_the_answer_is_exact(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await crowd(runtime)
    await look_again(runtime)
    moved = await standing_of(batches, tokens[300]._replace(lane=1))
    assert (moved.lane, moved.ahead, asked_store(batches)) == (0, 300, (0, 1))
    await admission.admit(runtime, runtime.catalogue.concert(HALL))
    await look_again(runtime)
    assert (await standing_of(batches, tokens[399])).word == "admitted"
    assert asked_store(batches) == (0, 2)


async def test_a_fan_who_left_on_another_device_learns_it_at_the_next_poll(
    runtime: Runtime, batches: Batches
) -> None:
    """The view cannot know; the note of the presence finds out."""
    tokens = await crowd(runtime)
    await look_again(runtime)
    await places.leave(runtime, tokens[300])
    assert (await standing_of(batches, tokens[300])).word == "waiting"
    await batches.polls._presence.flush()
    with pytest.raises(QueueTokenExpired):
        await standing_of(batches, tokens[300])


async def test_places_that_valkey_has_lost_come_back_by_polls_from_a_view(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await crowd(runtime)
    await look_again(runtime)
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        client.flushall()
    for token in reversed(tokens[101:]):
        assert (await standing_of(batches, token)).word == "waiting"
    await batches.polls._presence.flush()
    assert (await counts.snapshot(runtime.valkey, HALL)).waiting == CROWD - 101
    for token in tokens[:101]:
        assert (await standing_of(batches, token)).word == "waiting"
    await look_again(runtime)
    for ahead in (0, 99, 150, 399):
        assert (await standing_of(batches, tokens[ahead])).ahead == ahead


async def test_absent_fans_who_poll_from_a_view_are_back_in_line(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await crowd(runtime)
    travel(runtime, 60)
    await admission.admit(runtime, runtime.catalogue.concert(HALL))
    await crowd(runtime, 150, "later")
    assert (await counts.snapshot(runtime.valkey, HALL)).absent == CROWD
    await look_again(runtime)
    standing = await standing_of(batches, tokens[350])
    assert (standing.word, standing.ahead) == ("waiting", 0)


async def test_noted_polls_are_kept_while_valkey_is_away_and_written_later(
    runtime: Runtime, batches: Batches, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = await crowd(runtime)
    travel(runtime, 40)
    await look_again(runtime)
    for token in tokens[200:]:
        await standing_of(batches, token)

    async def away(*_: object) -> list[QueueToken]:
        raise StoreUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(polls, "note_present", away)
        await batches.polls._presence.flush()
    await batches.polls._presence.flush()
    travel(runtime, 10)
    assert (await admission.admit(runtime, runtime.catalogue.concert(HALL))).stepped_over == 200


async def test_an_old_view_is_not_used(runtime: Runtime, batches: Batches) -> None:
    tokens = await crowd(runtime)
    await look_again(runtime)
    runtime.board._views[HALL].read_at -= 11
    await standing_of(batches, tokens[300])
    assert asked_store(batches) == (0, 1)


async def test_a_fan_who_polls_far_too_often_is_refused_and_keeps_the_place(
    runtime: Runtime, batches: Batches
) -> None:
    tokens = await crowd(runtime, 3)
    for _ in range(5):
        await standing_of(batches, tokens[1])
    for _ in range(3):
        with pytest.raises(RateLimited) as refused:
            await standing_of(batches, tokens[1])
        # Spread over a quarter of the next window.
        assert 1 <= (refused.value.retry_after_s() or 0) <= 13
    assert (await standing_of(batches, tokens[2])).ahead == 2, "others are not concerned"
    assert (await carried_out(places.place(runtime, [tokens[1]])))[0] == Standing(
        "waiting", tokens[1].number, 0, ahead=1, waiting=3
    )


async def test_many_processes_and_the_store_tell_a_fan_a_position_that_only_falls(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three processes with views of their own, while fans are let in and others come."""
    await load_concert(settings, concert(active_limit=10_000, admit_per_minute=6_000))
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 0.05)
    async with (
        open_runtime(settings) as one,
        open_runtime(settings) as two,
        open_runtime(settings) as three,
        open_batches(one) as first,
        open_batches(two) as second,
        open_batches(three) as third,
    ):
        tokens = await crowd(one, 1_500)
        followed = tokens[200::100]
        shown = dict.fromkeys(followed, 10**9)
        for turn in range(12):
            await admission.admit(one, one.catalogue.concert(HALL))
            await crowd(two, 20, f"later-{turn}")
            batches = (first, second, third)[turn % 3]
            await asyncio.sleep(0.12)  # Longer than a view lives, as a client waits between polls.
            for token in followed:
                standing = await standing_of(batches, token)
                if standing.word == "waiting":
                    assert standing.ahead <= shown[token]
                    shown[token] = standing.ahead
        assert min(shown.values()) <= queue_numbers.EXACT_AHEAD


async def test_a_token_of_the_lane_before_leads_to_one_place_only(
    runtime: Runtime, batches: Batches
) -> None:
    """A presale code moved the fan; another device still has the token of before."""
    tokens = await crowd(runtime)
    await carried_out(join.join(runtime, [JoinRequest(HALL, tokens[300].user_id, lane=1)]))
    await look_again(runtime)
    await standing_of(batches, tokens[300])
    await batches.polls._presence.flush()
    for _ in range(3):
        standing = await standing_of(batches, tokens[300])
        assert (standing.lane, standing.ahead) == (1, 0)
        await batches.polls._presence.flush()


async def test_a_fan_who_was_answered_as_admitted_is_not_answered_as_waiting(
    runtime: Runtime, batches: Batches
) -> None:
    """Everybody was absent; the last came back first, and were let in."""
    tokens = await crowd(runtime)
    travel(runtime, 100)
    await carried_out(places.place(runtime, [*tokens[350:]]))
    await admission.admit(runtime, runtime.catalogue.concert(HALL))
    await carried_out(places.place(runtime, [*tokens[:350]]))
    await look_again(runtime)
    await standing_of(batches, tokens[370])
    await batches.polls._presence.flush()
    for _ in range(3):
        assert (await standing_of(batches, tokens[370])).word == "admitted"
        await batches.polls._presence.flush()
