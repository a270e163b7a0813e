"""Turns that the batches of several verbs share."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from helpers.batches import Trip, until
from yemae.base.batching import Batch, Done, FollowUp
from yemae.base.turns import REST, TurnQueue

PATIENCE_S = 60
# No test waits for it.
LONG_S = 3_600.0
SHORT_S = 0.02


@asynccontextmanager
async def sharing(turns: TurnQueue, trips: Sequence[Trip]) -> AsyncIterator[list[Batch[int, str]]]:
    """A batch for each trip, with the same turns; nothing in here may take long."""
    async with asyncio.timeout(PATIENCE_S):
        batches = [
            Batch[int, str](
                f"test-{number}",
                trip,
                size_max=4,
                callers_max=1_000,
                concurrency=2,
                turns=turns,
            )
            for number, trip in enumerate(trips)
        ]
        yield batches
        for trip in trips:
            trip.go.set()
        for batch in batches:
            await batch.close()


def asked(batch: Batch[int, str], requests: Sequence[int]) -> list[asyncio.Task[str]]:
    """Callers, each in a task."""
    return [asyncio.create_task(batch.submit(request)) for request in requests]


async def test_an_idle_caller_waits_for_no_turn() -> None:
    trip = Trip()
    async with sharing(TurnQueue(1, LONG_S), [trip]) as (batch,):
        trip.go.clear()
        (task,) = asked(batch, [1])
        # The caller's step and the batch's.
        for _ in range(2):
            await asyncio.sleep(0)
        assert trip.batches == [[1]]
        trip.go.set()
        await task


@pytest.mark.parametrize("number", [1, 2, 3])
async def test_no_more_round_trips_of_all_verbs_are_under_way_than_turns(number: int) -> None:
    under_way: list[int] = []
    most = 0

    async def trip(requests: list[int]) -> Done[str]:
        nonlocal most
        under_way.append(1)
        most = max(most, len(under_way))
        for _ in range(5):
            await asyncio.sleep(0)
        under_way.pop()
        return Done([str(request) for request in requests])

    turns = TurnQueue(number, LONG_S)
    batches = [
        Batch[int, str](f"t{each}", trip, size_max=2, callers_max=99, concurrency=2, turns=turns)
        for each in range(4)
    ]
    async with asyncio.timeout(PATIENCE_S):
        tasks = [task for batch in batches for task in asked(batch, range(20))]
        assert await asyncio.gather(*tasks) == [str(n) for n in range(20)] * 4
    assert most == number
    assert turns._free == number


async def test_a_verb_that_waits_for_its_turn_goes_on_gathering() -> None:
    first, other = Trip(), Trip()
    async with sharing(TurnQueue(1, LONG_S), [first, other]) as (one, another):
        first.go.clear()
        held_up = asked(one, [0])
        await until(lambda: first.under_way == 1)
        tasks = asked(another, [1, 2])
        await until(lambda: len(another._queue) == 2)
        tasks += asked(another, [3])
        await until(lambda: len(another._queue) == 3)
        first.go.set()
        await asyncio.gather(*held_up, *tasks)
    assert other.batches == [[1, 2, 3]]


async def test_verbs_have_turns_one_after_the_other_however_many_one_of_them_has_waiting() -> None:
    order: list[str] = []

    def named(name: str) -> Callable[[list[int]], list[str]]:
        def answer(requests: list[int]) -> list[str]:
            order.append(name)
            return [str(request) for request in requests]

        return answer

    many, few = Trip(named("many")), Trip(named("few"))
    async with sharing(TurnQueue(1, LONG_S), [many, few]) as (crowded, quiet):
        many.go.clear()
        tasks = asked(crowded, range(40))
        await until(lambda: many.under_way == 1)
        tasks += asked(quiet, [1])
        await until(lambda: len(quiet._queue) == 1)
        many.go.set()
        await asyncio.gather(*tasks)
    # Behind the round trip that was under way, and the one that had asked before it.
    assert order.index("few") == 2
    assert order.count("many") == 10


async def test_a_round_trip_that_is_stuck_holds_up_no_other_verb_for_long() -> None:
    stuck, other = Trip(), Trip()
    async with sharing(TurnQueue(1, SHORT_S), [stuck, other]) as (one, another):
        stuck.go.clear()
        held_up = asked(one, [0])
        await until(lambda: stuck.under_way == 1)
        assert await another.submit(1) == "1"
        assert not held_up[0].done()


async def test_a_turn_that_was_overrun_and_ends_is_given_back_once() -> None:
    turns = TurnQueue(1, SHORT_S)
    turn = await turns.take()
    async with asyncio.timeout(PATIENCE_S):
        await until_free(turns)
    turn.end()
    assert turns._free == 1


async def until_free(turns: TurnQueue) -> None:
    """Wait until a turn is free."""
    while not turns._free:  # noqa: ASYNC110 - it waits for the clock of the loop
        await asyncio.sleep(0)


async def test_a_follow_up_has_no_turn() -> None:
    """It goes to another store, and the next batch need not wait for it."""
    turns = TurnQueue(1, LONG_S)
    trip = Trip()
    free: list[int] = []

    async def look() -> None:
        free.append(turns._free)

    trip.follow_ups = [FollowUp("look", look)]
    async with sharing(turns, [trip]) as (batch,):
        await batch.submit(1)
    assert free == [1]


async def test_a_batch_that_fails_and_is_split_has_no_turn_any_more() -> None:
    turns = TurnQueue(1, LONG_S)
    free: list[int] = []

    async def poisoned(requests: list[int]) -> Done[str]:
        free.append(turns._free)
        if len(requests) > 1:
            raise ValueError("poisoned")
        return Done([str(request) for request in requests])

    async with asyncio.timeout(PATIENCE_S):
        batch = Batch[int, str](
            "test", poisoned, size_max=4, callers_max=9, concurrency=1, turns=turns
        )
        first = await turns.take()
        tasks = asked(batch, [1, 2])
        await until(lambda: len(batch._queue) == 2)
        first.end()
        assert await asyncio.gather(*tasks) == ["1", "2"]
    assert free == [0, 1, 1]
    assert turns._free == 1


async def test_one_who_is_cancelled_while_waiting_leaves_the_turn_to_the_next() -> None:
    turns = TurnQueue(1, LONG_S)
    first = await turns.take()
    waiting = [asyncio.create_task(turns.take()) for _ in range(3)]
    await until(lambda: len(turns._waiting) == 3)
    waiting[0].cancel()
    first.end()
    # It has the turn by now, and is cancelled in the same moment.
    waiting[1].cancel()
    async with asyncio.timeout(PATIENCE_S):
        (await waiting[2]).end()
    assert [task.cancelled() for task in waiting] == [True, True, False]
    assert turns._free == 1


# --- Batches that yield ---------------------------------------------------------------------------


async def test_one_that_yields_does_not_rest_while_no_other_comes() -> None:
    turns = TurnQueue(1, LONG_S)
    async with asyncio.timeout(PATIENCE_S):
        for _ in range(3):
            turn = await turns.take(yields=True)
            await asyncio.sleep(0)
            turn.end()
    assert turns._free == 1


async def test_while_others_come_one_that_yields_rests_after_its_turn() -> None:
    turns = TurnQueue(1, LONG_S)
    async with asyncio.timeout(PATIENCE_S):
        turn = await turns.take(yields=True)
        others = [asyncio.create_task(turns.take()) for _ in range(2)]
        await until(lambda: len(turns._waiting) == 2)
        yielding = asyncio.create_task(turns.take(yields=True))
        await until(lambda: len(turns._yielding) == 1)
        turn._since_s -= 10  # as if it had taken as long
        turn.end()
        for other in others:
            (await other).end()
        assert not yielding.done()
        assert turns._free == 1
        assert turns._rest is not None
        rests_s = turns._rest.when() - asyncio.get_running_loop().time()
        assert rests_s == pytest.approx(10 * REST, abs=9)
        # Then it goes before those who wait.
        last = await turns.take()
        waiting = asyncio.create_task(turns.take())
        await until(lambda: len(turns._waiting) == 1)
        turns._end_rest()
        last.end()
        (await yielding).end()
        (await waiting).end()
    assert turns._free == 1


async def test_a_short_turn_shortens_no_rest_of_a_long_one() -> None:
    turns = TurnQueue(2, LONG_S)
    async with asyncio.timeout(PATIENCE_S):
        long, short = [await turns.take(yields=True) for _ in range(2)]
        other = asyncio.create_task(turns.take())
        await until(lambda: len(turns._waiting) == 1)
        long._since_s -= 10
        long.end()
        (await other).end()
        short.end()
        assert turns._rest is not None
        rests_s = turns._rest.when() - asyncio.get_running_loop().time()
        assert rests_s == pytest.approx(10 * REST, abs=9)
        # The other came while they rested, so they go on resting.
        yielding = asyncio.create_task(turns.take(yields=True))
        await until(lambda: len(turns._yielding) == 1)
        assert not yielding.done()
        turns._end_rest()
        (await yielding).end()


async def test_a_rest_ends_by_itself() -> None:
    turns = TurnQueue(1, SHORT_S / REST)
    async with asyncio.timeout(PATIENCE_S):
        turn = await turns.take(yields=True)
        other = asyncio.create_task(turns.take())
        await until(lambda: len(turns._waiting) == 1)
        turn._since_s -= 1
        turn.end()
        (await other).end()
        # No other comes or goes now.
        (await turns.take(yields=True)).end()


async def test_one_that_is_cancelled_while_it_yields_leaves_the_turn_to_the_next() -> None:
    turns = TurnQueue(1, LONG_S)
    first = await turns.take()
    yielding = asyncio.create_task(turns.take(yields=True))
    await until(lambda: len(turns._yielding) == 1)
    yielding.cancel()
    await asyncio.wait([yielding])
    first.end()
    async with asyncio.timeout(PATIENCE_S):
        (await turns.take()).end()
    assert yielding.cancelled()
    assert turns._free == 1
