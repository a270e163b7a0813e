"""Who may join: the rules of `may_join` and `join_queue`, case by case, without HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from helpers.concerts import HALL, load_concert
from helpers.proofs import solve
from helpers.time_travel import travel
from yemae.accounts.access import Identity
from yemae.concerts.catalogue import Concert
from yemae.concerts.lanes import Lane
from yemae.refusals import (
    ConcertNotFound,
    PresaleCodeInvalid,
    ProofOfWorkInvalid,
    ProofOfWorkRequired,
    QueueClosed,
    QueueNotOpen,
    RateLimited,
)
from yemae.runtime import Runtime, open_runtime
from yemae.sale import gate, policy
from yemae.sale.batches import Batches, open_batches
from yemae.sale.join import JoinedPlace, Newcomer, join_queue, may_join
from yemae.sale.place_states import Admitted, Waiting
from yemae.settings import Settings

JOINS_MAX = 3


@pytest.fixture
async def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    """A runtime where a user may join three times a minute, and challenges are quickly solved."""
    await load_concert(settings)
    monkeypatch.setattr("yemae.sale.batches.JOINS_PER_USER_PER_MINUTE", JOINS_MAX)
    async with open_runtime(settings.replace(challenge_counter_max=10)) as opened:
        yield opened


@pytest.fixture
async def batches(runtime: Runtime) -> AsyncIterator[Batches]:
    """Its batches."""
    async with open_batches(runtime) as opened:
        yield opened


def set_to(runtime: Runtime, **changes: Any) -> Concert:
    """The hall with some of its settings changed, as this process knows it."""
    hall = msgspec.structs.replace(runtime.catalogue.concert(HALL), **changes)
    runtime.catalogue.queues[HALL] = hall
    return hall


def newcomer(user_id: str = "fan", *groups: str, **brought: Any) -> Newcomer:
    identity = Identity(user_id, is_operator=False, groups=frozenset(groups))
    return Newcomer(identity, lambda: "203.0.113.7", **brought)


async def join(runtime: Runtime, batches: Batches, fan: Newcomer) -> JoinedPlace:
    return await join_queue(runtime, batches, [runtime.catalogue.concert(HALL)], fan)


def lanes(runtime: Runtime) -> tuple[Lane, ...]:
    """One that a group opens, and one that a code opens."""
    code = frozenset([runtime.presale_codes.seal(HALL, "FAN-2026")])
    return Lane("press", 10, frozenset(), "press"), Lane("fanclub", 30, code, "")


# --- The gate -------------------------------------------------------------------------------------


async def test_a_concert_that_does_not_exist_has_no_queue(
    runtime: Runtime, batches: Batches
) -> None:
    with pytest.raises(ConcertNotFound):
        may_join(runtime, batches, "fan", "nowhere")


async def test_joining_begins_with_the_prequeue(runtime: Runtime, batches: Batches) -> None:
    opens_at = datetime.now(UTC) + timedelta(hours=1)
    set_to(runtime, prequeue_opens_at=opens_at, sale_opens_at=opens_at + timedelta(hours=1))
    with pytest.raises(QueueNotOpen) as refused:
        may_join(runtime, batches, "fan", HALL)
    assert refused.value.opens_at == opens_at
    travel(runtime, 3_601)
    assert may_join(runtime, batches, "fan", HALL)[0].id == HALL


async def test_a_user_may_join_so_often_in_a_minute_whatever_the_concert(
    runtime: Runtime, batches: Batches
) -> None:
    for _ in range(JOINS_MAX):
        may_join(runtime, batches, "fan", HALL)
    with pytest.raises(RateLimited):
        may_join(runtime, batches, "fan", HALL)
    assert may_join(runtime, batches, "other", HALL)[0].id == HALL


# --- New places -----------------------------------------------------------------------------------


async def test_joining_again_gives_the_same_place_and_token(
    runtime: Runtime, batches: Batches
) -> None:
    first = await join(runtime, batches, newcomer())
    again = await join(runtime, batches, newcomer())
    assert (first.is_new, again.is_new) == (True, False)
    assert first.queue_token == again.queue_token
    assert isinstance(first.place, Waiting)


async def test_before_the_opening_of_a_draw_a_fan_has_the_drawn_number_and_a_token_for_it(
    runtime: Runtime, batches: Batches
) -> None:
    opens_at = runtime.now() + timedelta(hours=1)
    hall = set_to(runtime, queueing_method="draw", sale_opens_at=opens_at)
    joined = await join(runtime, batches, newcomer())
    place = gate.claimed_place(runtime, joined.queue_token)
    assert place.number == policy.drawn_number(hall, "fan")


async def test_the_queue_token_carries_the_hash_of_the_fans_secret(
    runtime: Runtime, batches: Batches
) -> None:
    joined = await join(runtime, batches, newcomer(proof="hash"))
    token = runtime.tokens.read_place(joined.queue_token, lambda *_: 0)
    assert (token.user_id, token.proof) == ("fan", "hash")


@pytest.mark.parametrize(
    "closed", [{"control": "draining"}, {"queueing_method": "reject"}, {"performances": ()}]
)
async def test_a_closed_queue_keeps_places_and_gives_no_new_one(
    runtime: Runtime, batches: Batches, closed: dict[str, Any]
) -> None:
    await join(runtime, batches, newcomer())
    set_to(runtime, **closed)
    assert not (await join(runtime, batches, newcomer())).is_new
    with pytest.raises(QueueClosed):
        await join(runtime, batches, newcomer("late"))


async def test_without_a_waiting_room_a_fan_is_admitted_at_once_unless_it_is_paused(
    runtime: Runtime, batches: Batches
) -> None:
    set_to(runtime, queueing_method="passthrough")
    assert isinstance((await join(runtime, batches, newcomer())).place, Admitted)
    set_to(runtime, control="paused")
    assert isinstance((await join(runtime, batches, newcomer("other"))).place, Waiting)


# --- Lanes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("groups", "code", "lane"),
    [
        ((), None, "general"),
        (("strangers",), None, "general"),
        (("press",), None, "press"),
        ((), "FAN-2026", "fanclub"),
        (("press",), "FAN-2026", "fanclub"),
    ],
)
async def test_a_group_or_a_presale_code_opens_a_lane_and_the_code_comes_first(
    runtime: Runtime, batches: Batches, groups: tuple[str, ...], code: str | None, lane: str
) -> None:
    set_to(runtime, lanes=lanes(runtime))
    joined = await join(runtime, batches, newcomer("fan", *groups, presale_code=code))
    assert isinstance(joined.place, Waiting)
    assert joined.place.lane == lane


async def test_a_wrong_code_is_refused_even_where_a_group_opens_a_lane(
    runtime: Runtime, batches: Batches
) -> None:
    set_to(runtime, lanes=lanes(runtime))
    with pytest.raises(PresaleCodeInvalid):
        await join(runtime, batches, newcomer("fan", "press", presale_code="GUESS"))


# --- Proof of work, and addresses -----------------------------------------------------------------


def solution(runtime: Runtime, of: str = HALL) -> str:
    return solve(runtime.challenges.new(of, runtime.now().timestamp()))


async def test_a_new_place_takes_a_solved_challenge_of_this_concert_once(
    runtime: Runtime, batches: Batches
) -> None:
    set_to(runtime, proof_of_work=True)
    with pytest.raises(ProofOfWorkRequired):
        await join(runtime, batches, newcomer())
    with pytest.raises(ProofOfWorkInvalid):
        await join(runtime, batches, newcomer(altcha=solution(runtime, "elsewhere")))
    solved = solution(runtime)
    assert (await join(runtime, batches, newcomer(altcha=solved))).is_new
    with pytest.raises(ProofOfWorkInvalid):
        await join(runtime, batches, newcomer("other", altcha=solved))
    assert not (await join(runtime, batches, newcomer())).is_new, "a place needs no second proof"


async def test_a_solution_is_not_looked_at_where_none_is_asked_for(
    runtime: Runtime, batches: Batches
) -> None:
    assert (await join(runtime, batches, newcomer(altcha="nonsense"))).is_new


async def test_an_address_is_looked_up_and_counted_only_where_joins_are_limited(
    runtime: Runtime, batches: Batches
) -> None:
    looked_up = []

    def address() -> str:
        looked_up.append(1)
        return "203.0.113.7"

    await join(runtime, batches, msgspec.structs.replace(newcomer(), address=address))
    assert not looked_up
    set_to(runtime, joins_per_address_per_minute=1)
    await join(runtime, batches, msgspec.structs.replace(newcomer("first"), address=address))
    assert looked_up
    with pytest.raises(RateLimited):
        await join(runtime, batches, newcomer("second"))
