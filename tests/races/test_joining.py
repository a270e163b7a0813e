"""Joining at once: a fan has one number, and a number has one fan."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from valkey.asyncio import Valkey as Client

from helpers.concerts import HALL, load_concert
from helpers.fans import carried_out
from helpers.proofs import guarded
from helpers.reconcile import assert_reconciled
from races.interleaving import all_at_once, without_in_lua
from yemae.refusals import ProofOfWorkInvalid, Refusal
from yemae.runtime import Runtime
from yemae.sale import admission, join
from yemae.sale.batches import Batches
from yemae.sale.join import JoinRequest
from yemae.settings import Settings
from yemae.waiting_room import counts
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.keys import keys_of
from yemae.waiting_room.places import Standing, join_lua

LINE = keys_of(HALL)[0]


Command = Callable[..., Awaitable[Any]]


@pytest.fixture
async def command(valkey_url: str) -> AsyncIterator[Command]:
    """Single commands, for reading and for what our scripts never do."""
    async with Client.from_url(valkey_url, decode_responses=True) as client:
        yield client.execute_command


async def test_a_fan_who_joins_many_times_in_two_runtimes_has_one_number(
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


async def test_fans_who_join_at_once_in_two_runtimes_have_a_number_each(
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


async def test_of_fans_who_bring_one_solved_challenge_to_two_runtimes_one_has_a_place(
    settings: Settings, runtimes: list[Runtime]
) -> None:
    answers = await with_one_challenge(settings, runtimes, fans=60)
    assert sum(isinstance(answer, Standing) for answer in answers) == 1
    assert sum(isinstance(answer, ProofOfWorkInvalid) for answer in answers) == 59
    assert (await counts.snapshot(runtimes[0].valkey, HALL)).waiting == 1


async def with_one_challenge(
    settings: Settings, runtimes: list[Runtime], fans: int
) -> list[Standing | Refusal]:
    """Fans join at once with the same solved challenge, each in a call of its own."""
    await load_concert(settings, guarded(proof_of_work=True))
    for runtime in runtimes:
        await runtime.catalogue.refresh()
    solved = Solved(b"0123456789abcdef", 30_000_000)
    answers = await all_at_once(
        carried_out(join.join(runtimes[n % 2], [JoinRequest(HALL, f"fan-{n}", solved=solved)]))
        for n in range(fans)
    )
    return [answer[0] for answer in answers]


# --- Controls: the script without its guard -----------------------------------------------------


async def test_control_a_join_that_does_not_look_for_a_place_gives_one_fan_many_numbers(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_in_lua(monkeypatch, join_lua, "not pass and live_wait(user)", "nil")
    answers = await all_at_once(
        carried_out(join.join(runtimes[n % 2], [JoinRequest(HALL, "fan")])) for n in range(10)
    )
    assert all(answer[0].new for answer in answers)
    assert len({answer[0].number for answer in answers}) == 10


async def test_control_a_counter_that_is_not_kept_gives_two_fans_one_number(
    runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_in_lua(monkeypatch, join_lua, "'block_used', used,", "'block_used', 0,")
    answers = await all_at_once(
        carried_out(join.join(runtimes[n % 2], [JoinRequest(HALL, f"fan-{n}")])) for n in range(20)
    )
    assert len({answer[0].number for answer in answers}) < 20


async def test_control_a_challenge_that_is_not_looked_up_brings_many_fans_a_place(
    settings: Settings, runtimes: list[Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    without_in_lua(monkeypatch, join_lua, "redis.call('SADD', USED[minute], solved) == 0", "false")
    answers = await with_one_challenge(settings, runtimes, fans=10)
    assert all(isinstance(answer, Standing) for answer in answers)
