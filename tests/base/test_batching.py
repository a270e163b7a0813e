"""Many callers, one round trip: what `Batch` promises to those who wait."""

import asyncio
import time

import pytest

from helpers.batches import (
    Trip,
    away,
    forgetful,
    gather_behind,
    opened,
    picky,
    poisoned,
    silent,
    until,
)
from yemae.base import tallies
from yemae.refusals import Overloaded, Refusal, SeatLimitExceeded, StoreUnavailable


async def test_an_idle_caller_goes_out_alone_and_at_once() -> None:
    trip = Trip()
    async with opened(trip) as batch:
        assert await batch.submit(7) == "7"
    assert trip.batches == [[7]]


async def test_callers_during_a_round_trip_share_the_next_in_arrival_order() -> None:
    trip = Trip()
    async with opened(trip) as batch:
        tasks = await gather_behind(batch, trip, [5, 3, 9, 1])
        trip.go.set()
        assert await asyncio.gather(*tasks) == ["0", "5", "3", "9", "1"]
    assert trip.batches == [[0], [5, 3, 9, 1]]


async def test_no_batch_is_larger_than_its_limit() -> None:
    trip = Trip()
    async with opened(trip, size_max=4) as batch:
        tasks = await gather_behind(batch, trip, range(1, 11))
        trip.go.set()
        await asyncio.gather(*tasks)
    assert trip.batches == [[0], [1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]


async def test_no_more_round_trips_are_under_way_than_the_concurrency() -> None:
    trip = Trip()
    async with opened(trip, size_max=1, concurrency=3) as batch:
        trip.go.clear()
        tasks = [asyncio.create_task(batch.submit(request)) for request in range(10)]
        await until(lambda: trip.under_way == 3)
        trip.go.set()
        assert await asyncio.gather(*tasks) == [str(request) for request in range(10)]
    assert trip.most_under_way == 3


async def test_a_caller_beyond_the_limit_is_refused_at_once() -> None:
    trip = Trip()
    async with opened(trip, callers_max=3) as batch:
        tasks = await gather_behind(batch, trip, [1, 2])
        with pytest.raises(Overloaded) as refused:
            await batch.submit(3)
        assert refused.value.retry_after_s() in range(2, 6)
        trip.go.set()
        await asyncio.gather(*tasks)
        assert await batch.submit(4) == "4"
    assert [3] not in trip.batches


async def test_who_has_waited_too_long_is_refused_and_who_came_later_is_served() -> None:
    trip = Trip()
    patience_s = 0.2
    async with opened(trip, patience_s=patience_s) as batch:
        first, early = await gather_behind(batch, trip, [1])
        end = time.perf_counter() + patience_s
        await until(lambda: time.perf_counter() > end)
        late = asyncio.create_task(batch.submit(2))
        await until(lambda: len(batch._queue) == 2)
        trip.go.set()
        answers = await asyncio.gather(first, early, late, return_exceptions=True)
    assert (answers[0], answers[2]) == ("0", "2")
    assert isinstance(answers[1], Overloaded)
    # It was never begun: a refusal that is true.
    assert trip.batches == [[0], [2]]


async def test_callers_who_gave_up_make_room_for_others() -> None:
    trip = Trip()
    async with opened(trip, callers_max=3) as batch:
        first, second, third = await gather_behind(batch, trip, [1, 2])
        second.cancel()
        third.cancel()
        await asyncio.wait([second, third])
        late = asyncio.create_task(batch.submit(3))
        await until(lambda: len(batch._queue) == 3)
        trip.go.set()
        assert [await first, await late] == ["0", "3"]


async def test_a_refusal_goes_to_its_own_caller() -> None:
    trip = Trip(picky)
    async with opened(trip) as batch:
        tasks = await gather_behind(batch, trip, [1, 2, 3])
        trip.go.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [str(a.limit) if isinstance(a, SeatLimitExceeded) else a for a in answers] == [
        "0", "1", "2", "3",
    ]  # fmt: skip
    assert [isinstance(a, Refusal) for a in answers] == [False, True, False, True]


async def test_a_poisoned_request_fails_alone_and_is_counted_for_operators() -> None:
    trip = Trip(poisoned)
    tallies.take()
    async with opened(trip) as batch:
        tasks = await gather_behind(batch, trip, [1, -2, 3])
        trip.go.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert list(answers[:2]) == ["0", "1"]
    assert isinstance(answers[2], ValueError)
    assert answers[3] == "3"
    assert trip.batches == [[0], [1, -2, 3], [1], [-2], [3]]
    assert tallies.take()[tallies.SPLIT_BATCHES] == {"test": 1}


async def test_a_lone_poisoned_request_is_tried_once() -> None:
    trip = Trip(poisoned)
    async with opened(trip) as batch:
        with pytest.raises(ValueError, match="-1"):
            await batch.submit(-1)
    assert trip.batches == [[-1]]


async def test_a_store_that_is_away_refuses_everybody_and_is_not_asked_again() -> None:
    trip = Trip(away)
    async with opened(trip) as batch:
        tasks = await gather_behind(batch, trip, [1, 2, 3])
        trip.go.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 4
    assert trip.batches == [[0], [1, 2, 3]]


async def test_no_caller_gets_the_answer_of_another_when_one_is_missing() -> None:
    """What the verb did is committed, so it is not done again to find out."""
    trip = Trip(forgetful)
    async with opened(trip) as batch:
        tasks = await gather_behind(batch, trip, [1, 2, 3])
        trip.go.set()
        first, *answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert first == "0"
    assert [type(answer) for answer in answers] == [AssertionError] * 3
    assert trip.batches == [[0], [1, 2, 3]]


async def test_a_caller_without_an_answer_gets_an_error() -> None:
    async with opened(Trip(silent)) as batch:
        with pytest.raises(AssertionError, match="an answer is missing"):
            await batch.submit(1)


async def test_a_caller_who_gives_up_before_the_start_leaves_no_trace() -> None:
    trip = Trip()
    async with opened(trip) as batch:
        first, gone, last = await gather_behind(batch, trip, [1, 2])
        gone.cancel()
        await asyncio.wait([gone])
        trip.go.set()
        assert [await first, await last] == ["0", "2"]
    assert trip.batches == [[0], [2]]


async def test_what_has_started_is_carried_out_although_its_caller_gave_up() -> None:
    trip = Trip()
    async with opened(trip) as batch:
        tasks = await gather_behind(batch, trip, [])
        gone = tasks[0]
        gone.cancel()
        await asyncio.wait([gone])
        behind = asyncio.create_task(batch.submit(1))
        await until(lambda: len(batch._queue) == 1)
        trip.go.set()
        assert await behind == "1"
    assert gone.cancelled()
    assert trip.batches == [[0], [1]]


async def test_a_failure_reaches_the_batch_mates_of_a_caller_who_gave_up() -> None:
    trip = Trip(away)
    async with opened(trip) as batch:
        gone, *rest = await gather_behind(batch, trip, [1, 2])
        gone.cancel()
        trip.go.set()
        answers = await asyncio.gather(*rest, return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 2


async def test_closing_answers_every_waiting_caller_and_takes_no_new_one() -> None:
    trip = Trip()
    async with opened(trip, size_max=2) as batch:
        tasks = await gather_behind(batch, trip, range(1, 6))
        closing = asyncio.create_task(batch.close())
        await until(lambda: batch._closed)
        with pytest.raises(Overloaded):
            await batch.submit(6)
        trip.go.set()
        await closing
        assert trip.under_way == 0
        assert await asyncio.gather(*tasks) == ["0", "1", "2", "3", "4", "5"]
    assert trip.batches == [[0], [1, 2], [3, 4], [5]]


async def test_callers_of_a_task_that_is_cancelled_hear_that_it_may_have_been_done() -> None:
    trip = Trip()
    async with opened(trip) as batch:
        (caller,) = await gather_behind(batch, trip, [])
        for task in batch._tasks:
            task.cancel()
        with pytest.raises(StoreUnavailable):
            await caller


async def test_who_asks_again_in_the_moment_of_the_answer_is_served() -> None:
    """The task that has just run out of work is on its way out in that very moment."""
    trip = Trip()
    async with opened(trip, concurrency=1) as batch:
        for request in range(3):
            assert await batch.submit(request) == str(request)
