"""Joining at once: a fan has one number, and a number has one fan."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from valkey.asyncio import Valkey as Client

from helpers.concerts import HALL, load_concert
from helpers.fans import carried_out
from helpers.proofs import guarded
from helpers.reconcile import assert_reconciled
from races.interleaving import all_at_once
from yemae.refusals import ProofOfWorkInvalid, Refusal
from yemae.runtime import Runtime
from yemae.sale import admission, join
from yemae.sale.batches import Batches
from yemae.sale.join import JoinRequest
from yemae.settings import Settings
from yemae.waiting_room import counts
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.keys import keys_of
from yemae.waiting_room.places import Standing

LINE = keys_of(HALL)[0]


Command = Callable[..., Awaitable[Any]]


@pytest.fixture
async def command(valkey_url: str) -> AsyncIterator[Command]:
    """Single commands, for reading and for what our scripts never do."""
    async with Client.from_url(valkey_url, decode_responses=True) as client:
        yield client.execute_command


async def test_a_fan_who_joins_many_times_in_two_houses_has_one_number(
    runtimes: list[Runtime], desks: list[Batches], command: Command
) -> None:
    request = JoinRequest(HALL, "fan")
    alone = [carried_out(join.join(runtimes[n % 2], [request])) for n in range(50)]
    gathered = [desks[n % 2].join.submit(request) for n in range(50)]
    answers = await all_at_once([*alone, *gathered])
    places = [*(answer[0] for answer in answers[:50]), *answers[50:]]
    assert len({place.number for place in places}) == 1
    assert {(place.word, place.ahead) for place in places} == {("waiting", 0)}
    assert await command("ZCARD", LINE) == 1
    await assert_reconciled(runtimes[0])


async def test_of_many_single_joins_of_a_fan_one_is_new(runtimes: list[Runtime]) -> None:
    request = JoinRequest(HALL, "fan")
    answers = await all_at_once(
        carried_out(join.join(runtimes[n % 2], [request])) for n in range(100)
    )
    assert sum(answer[0].new for answer in answers) == 1


async def test_fans_who_join_at_once_in_two_houses_have_a_number_each(
    runtimes: list[Runtime], desks: list[Batches], command: Command
) -> None:
    fans = [f"fan-{n}" for n in range(100)]
    places = await all_at_once(
        desks[n % 2].join.submit(JoinRequest(HALL, fan)) for n, fan in enumerate(fans * 2)
    )
    numbers = {place.number for place in places}
    assert len(numbers) == 100
    assert await command("ZCARD", LINE) == 100
    for n, fan in enumerate(fans):
        assert places[n].number == places[100 + n].number, fan
    await assert_reconciled(runtimes[0])


async def test_fans_who_join_during_ticks_wait_or_are_inside_and_never_both(
    runtimes: list[Runtime], desks: list[Batches]
) -> None:
    concert = runtimes[0].catalogue.concert(HALL)
    requests = [JoinRequest(HALL, f"fan-{n % 60}") for n in range(180)]
    answers = await all_at_once(
        [
            *(desks[n % 2].join.submit(request) for n, request in enumerate(requests)),
            *(admission.admit(runtime, concert) for runtime in runtimes * 5),
        ]
    )
    numbers = {(r.user_id, a.number) for r, a in zip(requests, answers[:180], strict=True)}
    assert len(numbers) == len({number for _, number in numbers}) == 60
    snapshot = await counts.snapshot(runtimes[0].valkey, HALL)
    assert snapshot.waiting + snapshot.active == 60
    assert snapshot.active == sum(answer.admitted for answer in answers[180:])
    await assert_reconciled(runtimes[0])


async def test_of_fans_who_bring_one_solved_challenge_to_two_houses_one_has_a_place(
    settings: Settings, runtimes: list[Runtime], desks: list[Batches]
) -> None:
    await load_concert(settings, guarded(proof_of_work=True))
    for runtime in runtimes:
        await runtime.catalogue.refresh()
    solved = Solved(b"0123456789abcdef", 30_000_000)
    answers = await all_at_once(
        refusal_or_answer(desks[n % 2], JoinRequest(HALL, f"fan-{n}", solved=solved))
        for n in range(60)
    )
    assert sum(isinstance(answer, Standing) for answer in answers) == 1
    assert sum(isinstance(answer, ProofOfWorkInvalid) for answer in answers) == 59
    assert (await counts.snapshot(runtimes[0].valkey, HALL)).waiting == 1


async def refusal_or_answer(batches: Batches, request: JoinRequest) -> Standing | Refusal:
    try:
        return await batches.join.submit(request)
    except Refusal as refusal:
        return refusal


# --- Controls: the same in steps, from Python --------------------------------------------------


async def join_in_steps(command: Command, user_id: str, looked: asyncio.Barrier) -> int:
    """Look for a place, then take the next number: two trips."""
    found = await command("ZSCORE", LINE, user_id)
    await looked.wait()
    number = int(found or await command("INCR", "issued"))
    await command("ZADD", LINE, number, user_id)
    return number


async def count_in_steps(command: Command, looked: asyncio.Barrier) -> int:
    """Read the counter, then write it: two trips."""
    number = int(await command("GET", "issued") or 0) + 1
    await looked.wait()
    await command("SET", "issued", number)
    return number


async def use_in_steps(command: Command, looked: asyncio.Barrier) -> bool:
    """Look whether a challenge was used, then note that it is: two trips."""
    used = await command("SISMEMBER", "solved", "challenge")
    await looked.wait()
    await command("SADD", "solved", "challenge")
    return not used


async def test_control_a_challenge_that_is_used_in_steps_is_used_twice(command: Command) -> None:
    looked = asyncio.Barrier(2)
    assert await all_at_once(use_in_steps(command, looked) for _ in range(2)) == [True, True]


async def test_control_a_join_in_steps_gives_one_fan_two_numbers(command: Command) -> None:
    looked = asyncio.Barrier(2)
    numbers = await all_at_once(join_in_steps(command, "fan", looked) for _ in range(2))
    assert sorted(numbers) == [1, 2]


async def test_control_a_counter_in_steps_gives_two_fans_one_number(command: Command) -> None:
    looked = asyncio.Barrier(2)
    assert await all_at_once(count_in_steps(command, looked) for _ in range(2)) == [1, 1]
