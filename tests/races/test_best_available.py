"""Very many fans leave the choice to us at once: each gets a block of their own, or a true no."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from helpers.concerts import TEXT, concert, load_concert
from helpers.fans import carried_out
from helpers.reconcile import assert_reconciled
from yemae.concerts.files.concert_file import parse
from yemae.concerts.seat_map import availability
from yemae.orders.order import Order
from yemae.refusals import Overloaded, Refusal, SeatLimitExceeded, SeatsUnavailable
from yemae.runtime import Runtime, open_runtime
from yemae.sale import hold_best, release, seat_offers
from yemae.sale.batches import Batches, open_batches
from yemae.sale.decide_holds import BestAvailable, HoldRequest
from yemae.settings import Settings
from yemae.values.pass_key import PassKey

SEATS = 120
TRIES_MAX = 10


@pytest.fixture
async def nodes(settings: Settings) -> AsyncIterator[list[tuple[Runtime, Batches]]]:
    """Two processes on the same stores, with small batches, so that many are under way at once."""
    await load_concert(settings, concert(seats=SEATS))
    async with (
        open_runtime(settings) as one,
        open_runtime(settings) as other,
        open_batches(one, size_max=8) as first,
        open_batches(other, size_max=8) as second,
    ):
        yield [(one, first), (other, second)]


def wanted(runtime: Runtime, fan: str, seats: int, **changes: object) -> HoldRequest:
    performance = runtime.catalogue.performance("hall-1")
    key = PassKey(performance.concert_id, fan, 1)
    request = HoldRequest(
        key, performance.id, performance.key, (), 4, "KRW", None, BestAvailable("R", seats)
    )
    return request._replace(**changes)  # type: ignore[arg-type]


async def ask(node: tuple[Runtime, Batches], request: HoldRequest) -> Order | Refusal:
    try:
        return await node[1].hold_best.submit(request)
    except Refusal as refusal:
        return refusal


async def test_fifty_fans_in_two_processes_all_get_adjacent_seats_of_their_own(
    nodes: list[tuple[Runtime, Batches]],
) -> None:
    held: list[Order] = []
    waiting = list(range(50))
    # A fan who loses every time is refused with "ask again", and does; no fan is refused for good.
    for _ in range(TRIES_MAX):
        answers = await asyncio.gather(
            *(
                ask(nodes[number % 2], wanted(nodes[number % 2][0], f"fan-{number}", 2))
                for number in waiting
            )
        )
        assert all(isinstance(answer, Order | Overloaded) for answer in answers)
        held += [answer for answer in answers if isinstance(answer, Order)]
        tried = zip(waiting, answers, strict=True)
        waiting = [number for number, answer in tried if isinstance(answer, Overloaded)]
    seats = [int(number) for order in held for number in order.seat_numbers]
    assert len(seats) == len(set(seats))
    assert all(
        int(second) - int(first) == 1 for first, second in (order.seat_numbers for order in held)
    )
    assert (len(held), waiting) == (50, [])
    await assert_reconciled(nodes[0][0])


async def test_when_too_few_are_left_the_answer_is_no_and_every_seat_is_held(
    nodes: list[tuple[Runtime, Batches]],
) -> None:
    answers: list[Order | Refusal] = []
    for turn in range(3):
        answers += await asyncio.gather(
            *(
                ask(nodes[number % 2], wanted(nodes[number % 2][0], f"fan-{turn}-{number}", 3))
                for number in range(30)
            )
        )
    kinds = Counter(type(answer) for answer in answers)
    assert kinds[Order] <= SEATS // 3
    assert kinds[SeatsUnavailable] >= 90 - SEATS // 3 - kinds[Overloaded]
    refused = [answer for answer in answers if isinstance(answer, SeatsUnavailable)]
    assert all(answer.largest < answer.count for answer in refused)
    await assert_reconciled(nodes[0][0])


async def test_a_control_without_the_second_offer_loses_some(
    nodes: list[tuple[Runtime, Batches]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both processes offer the same best seats at first: without another offer, one of them has
    nothing for its fan. This shows that the tests above race."""
    monkeypatch.setattr(seat_offers, "OFFERS_MAX", 1)
    (one, _), (other, _) = nodes
    for runtime in (one, other):
        await runtime.availability.watch(runtime.catalogue.performance("hall-1"))
    answers = await asyncio.gather(
        *(
            carried_out(hold_best.hold_best(runtime, [wanted(runtime, name, 2)]))
            for runtime, name in ((one, "first"), (other, "second"))
        )
    )
    assert {type(answer) for (answer,) in answers} == {Order, Overloaded}


async def test_a_key_is_one_order_however_often_it_is_sent(
    nodes: list[tuple[Runtime, Batches]],
) -> None:
    answers = await asyncio.gather(
        *(
            ask(nodes[number % 2], wanted(nodes[number % 2][0], "fan", 2, idempotency_key="key"))
            for number in range(16)
        )
    )
    assert len({answer.id for answer in answers if isinstance(answer, Order)}) == 1
    assert all(isinstance(answer, Order | Overloaded) for answer in answers)


async def test_a_key_gives_its_order_again_to_a_fan_who_is_at_the_limit(
    nodes: list[tuple[Runtime, Batches]],
) -> None:
    request = wanted(nodes[0][0], "fan", 4, idempotency_key="key")
    order = await ask(nodes[0], request)
    assert isinstance(order, Order)
    assert await ask(nodes[1], request) == order
    other = await ask(nodes[1], request._replace(idempotency_key="other"))
    assert isinstance(other, SeatLimitExceeded)


async def test_fans_over_the_limit_are_refused_before_seats_are_offered_to_them(
    nodes: list[tuple[Runtime, Batches]],
) -> None:
    runtime = nodes[0][0]
    assert isinstance(await ask(nodes[0], wanted(runtime, "fan", 3)), Order)
    asked = [("fan", 2), ("fan", 1), ("other", 4), ("other", 5)]
    requests = [wanted(runtime, fan, seats) for fan, seats in asked]
    refused = await hold_best._over_the_limit(runtime, requests)
    assert {place: type(refusal) for place, refusal in refused.items()} == {
        0: SeatLimitExceeded,
        3: SeatLimitExceeded,
    }


async def test_one_batch_gives_different_fans_different_blocks_and_the_limit_holds(
    nodes: list[tuple[Runtime, Batches]],
) -> None:
    runtime = nodes[0][0]
    requests = [wanted(runtime, fan, 2) for fan in ("a", "b", "a", "b", "a")]
    answers = await carried_out(hold_best.hold_best(runtime, requests))
    held = [answer for answer in answers if isinstance(answer, Order)]
    assert len({number for order in held for number in order.seat_numbers}) == 8
    assert [getattr(answer, "slug", "held") for answer in answers] == [
        *["held"] * 4,
        "seat-limit-exceeded",
    ]
    (watch,) = runtime.availability.watches.values()
    assert watch.offered == set()


async def test_seats_that_were_freed_elsewhere_a_moment_ago_are_found_before_the_answer_is_no(
    settings: Settings,
) -> None:
    await load_concert(settings, concert(seats=2))
    async with open_runtime(settings) as one, open_runtime(settings) as other:
        (held,) = await carried_out(hold_best.hold_best(one, [wanted(one, "first", 2)]))
        assert isinstance(held, Order)
        (refused,) = await carried_out(hold_best.hold_best(other, [wanted(other, "second", 2)]))
        assert isinstance(refused, SeatsUnavailable)
        assert (refused.count, refused.largest) == (2, 0)
        await release.release(one, "first", held.id)
        watch = await other.availability.watch(other.catalogue.performance("hall-1"))
        watch.read_at -= seat_offers.FRESH_S
        (found,) = await carried_out(hold_best.hold_best(other, [wanted(other, "second", 2)]))
        assert isinstance(found, Order)


async def test_a_block_that_was_gone_for_a_moment_is_offered_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two turns nothing is news, but what was found must not be kept for longer than the
    seats stay as they are."""
    await load_concert(settings, concert(seats=2))
    monkeypatch.setattr(availability, "TICK_S", 10.0)
    monkeypatch.setattr(availability, "CHECK_S", 3_600.0)
    async with open_runtime(settings) as runtime:
        (held,) = await carried_out(hold_best.hold_best(runtime, [wanted(runtime, "first", 2)]))
        assert isinstance(held, Order)
        (refused,) = await carried_out(hold_best.hold_best(runtime, [wanted(runtime, "second", 2)]))
        assert isinstance(refused, SeatsUnavailable)
        await release.release(runtime, "first", held.id)
        (found,) = await carried_out(hold_best.hold_best(runtime, [wanted(runtime, "second", 2)]))
        assert isinstance(found, Order)


TWO_GRADES = """
[[grades]]
name = "S"
price = 20000

[[sections]]
name = "Balcony"
grade = "S"
numbering = "S{seat}"
rows = ["B:1-4"]
"""


async def test_the_seats_are_of_the_grade_that_was_asked_for_or_there_are_none(
    settings: Settings,
) -> None:
    text = TEXT.format(
        concert_id="hall", seats=4, seat_limit=4, active_limit=9, admit_per_minute=60,
        entry_ttl_s=600, absent_after_s=45,
    )  # fmt: skip
    head, dates, rest = text.partition("[[performances]]")
    await load_concert(settings, parse(head + TWO_GRADES + dates + rest, "hall.toml"))
    async with open_runtime(settings) as runtime:
        wish = BestAvailable("S", 3)
        first, second = await carried_out(
            hold_best.hold_best(
                runtime, [wanted(runtime, fan, 3, best=wish) for fan in ("first", "second")]
            )
        )
        assert isinstance(first, Order)
        assert set(first.seat_grades) == {"S"}
        assert len(first.seat_numbers) == 3
        # The better seats in front are free, and are not what was asked for.
        assert isinstance(second, SeatsUnavailable)
        assert (second.grade, second.largest) == ("S", 1)
