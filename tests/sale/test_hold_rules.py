"""What a fan inside may hold, pay and top up: the rules before any lock, without HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from helpers.concerts import FIRST, HALL, SEATS, SECOND, load_concert
from helpers.fans import Fan
from helpers.time_travel import travel
from yemae.base.rate_limit import Window
from yemae.concerts.limits import SEATS_PER_ORDER_MAX
from yemae.concerts.seat_map.plan import Plan
from yemae.refusals import (
    EntryTokenExpired,
    EntryTokenMismatch,
    IdempotencyConflict,
    InvalidRequest,
    PerformanceNotFound,
    RateLimited,
    SaleClosed,
    SeatLimitExceeded,
    SeatTaken,
)
from yemae.runtime import Runtime, open_runtime
from yemae.sale import gate
from yemae.sale.batches import Batches, open_batches
from yemae.sale.decide_holds import BestAvailable
from yemae.sale.gate import Entered
from yemae.sale.hold import Wish, hold_seats, of_grade, seat_numbers
from yemae.sale.pay import pay_order
from yemae.sale.top_up import top_up_wallet
from yemae.settings import Settings
from yemae.waiting_room.tokens import EntryToken

SEAT_LIMIT = 4
HOLDS_MAX = 3
TOP_UP_MAX = 500_000


@pytest.fixture
async def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    """A runtime where a user holds three times a minute and tops up twice."""
    await load_concert(settings)
    monkeypatch.setattr("yemae.sale.batches.HOLDS_PER_USER_PER_MINUTE", HOLDS_MAX)
    monkeypatch.setattr("yemae.sale.batches.TOP_UPS_PER_USER_PER_MINUTE", 2)
    async with open_runtime(settings.replace(balance_max=TOP_UP_MAX)) as opened:
        yield opened


@pytest.fixture
async def batches(runtime: Runtime) -> AsyncIterator[Batches]:
    """Its batches."""
    async with open_batches(runtime) as opened:
        yield opened


@pytest.fixture
async def entry(fan: Fan) -> EntryToken:
    """The open pass of a fan."""
    return await fan.enter()


async def entered(batches: Batches, entry: EntryToken, key: str | None = None) -> Entered:
    return await gate.enter_or_repeat(batches, entry, key)


def over(entry: EntryToken, key: str | None) -> Entered:
    """A fan whose pass is over."""
    return Entered(entry, key, None)


def wish(*seats: str, **more: Any) -> Wish:
    return Wish(FIRST, seats, **more)


# --- Seats of a request ---------------------------------------------------------------------------


def test_seats_are_kept_composed_and_in_the_order_of_the_request() -> None:
    assert seat_numbers(["2", "e\u0301-1"], 2) == ("2", "\u00e9-1")
    assert seat_numbers([], 2) == ()
    # A seat number that Python does not print, and a text that no seat number is.
    assert seat_numbers(["A\u00ad1", "row A, seat 1"]) == ("A\u00ad1", "row A, seat 1")


@pytest.mark.parametrize(
    ("seats", "field", "detail"),
    [
        (["1", "2", "3"], "seats", "Expected `array` of length <= 2"),
        (["1", "1"], "seats", "listed twice: 1"),
        (["e\u0301", "\u00e9"], "seats", "listed twice: \u00e9"),
        (["1", "a\nb"], "seats[1]", "not printable"),
    ],
)
def test_wrong_seats_name_their_field(seats: list[str], field: str, detail: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        seat_numbers(seats, 2)
    (error,) = refused.value.errors
    assert (error.field, error.detail) == (field, detail)


def test_only_the_seats_that_are_listed_twice_are_named_so() -> None:
    with pytest.raises(InvalidRequest) as refused:
        seat_numbers(["3", "2", "1", "2", "3"])
    assert [error.detail for error in refused.value.errors] == ["listed twice: 2, 3"]


@pytest.fixture
async def plan(runtime: Runtime) -> Plan:
    """The plan of the hall, whose one grade is R."""
    return (await runtime.plans.unpacked(runtime.catalogue.performance(FIRST))).plan


def test_a_grade_is_one_of_the_plan(plan: Plan) -> None:
    assert of_grade(BestAvailable("R", 2), plan) == BestAvailable("R", 2)
    with pytest.raises(InvalidRequest, match="Expected one of R"):
        of_grade(BestAvailable("VIP", 2), plan)


async def test_the_best_seats_of_an_order_are_at_most_as_many_as_an_order_may_have(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    most = SEATS_PER_ORDER_MAX
    fan = await entered(batches, entry)
    with pytest.raises(InvalidRequest, match=f"best_available.count: Expected `int` <= {most}"):
        await hold_seats(runtime, batches, fan, wish(best_available=BestAvailable("R", most + 1)))
    with pytest.raises(SeatLimitExceeded):
        await hold_seats(runtime, batches, fan, wish(best_available=BestAvailable("R", most)))


# --- Holds ----------------------------------------------------------------------------------------


async def test_a_hold_is_of_a_performance_that_the_pass_opens(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    fan = await entered(batches, entry)
    with pytest.raises(PerformanceNotFound):
        await hold_seats(runtime, batches, fan, Wish("nowhere", ["1"]))
    elsewhere = Entered(entry._replace(concert_id="elsewhere"), None, fan.opened)
    with pytest.raises(EntryTokenMismatch):
        await hold_seats(runtime, batches, elsewhere, wish("1"))


@pytest.mark.parametrize("asked", [wish(*SEATS[:5]), wish(best_available=BestAvailable("R", 5))])
async def test_one_request_over_the_seat_limit_is_refused_before_any_lock(
    runtime: Runtime, batches: Batches, entry: EntryToken, asked: Wish
) -> None:
    fan = await entered(batches, entry)
    # A closed batch refuses whatever it is asked.
    await batches.hold.close()
    await batches.hold_best.close()
    with pytest.raises(SeatLimitExceeded) as refused:
        await hold_seats(runtime, batches, fan, asked)
    assert refused.value.limit == SEAT_LIMIT


@pytest.mark.parametrize("last", [wish("4", "5"), wish(best_available=BestAvailable("R", 2))])
async def test_the_seat_limit_counts_what_the_fan_holds_of_the_performance(
    runtime: Runtime, batches: Batches, entry: EntryToken, last: Wish
) -> None:
    fan = await entered(batches, entry)
    await hold_seats(runtime, batches, fan, wish("1", "2", "3"))
    with pytest.raises(SeatLimitExceeded):
        await hold_seats(runtime, batches, fan, last)
    assert (await hold_seats(runtime, batches, fan, wish("4"))).seat_numbers == ["4"]


async def test_a_performance_that_has_begun_is_not_sold(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    date = runtime.catalogue.performance(FIRST)
    begun = date._replace(starts_at=runtime.now())
    runtime.catalogue.performances[FIRST] = begun
    travel(runtime, 1)
    with pytest.raises(SaleClosed):
        await hold_seats(runtime, batches, await entered(batches, entry), wish("1"))


async def test_a_date_is_not_sold_from_the_end_of_its_sale_on(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    date = runtime.catalogue.performance(FIRST)
    ends_at = runtime.now() + timedelta(minutes=1)
    runtime.catalogue.performances[FIRST] = date._replace(sale_ends_at=ends_at)
    fan = await entered(batches, entry)
    await hold_seats(runtime, batches, fan, wish("1"))
    travel(runtime, 61)
    with pytest.raises(SaleClosed):
        await hold_seats(runtime, batches, fan, wish("2"))


@pytest.mark.parametrize("best", [True, False])
async def test_the_limit_of_a_concert_counts_what_the_fan_holds_of_other_dates(
    runtime: Runtime, batches: Batches, entry: EntryToken, *, best: bool
) -> None:
    queues = runtime.catalogue.queues
    queues[HALL] = msgspec.structs.replace(queues[HALL], seat_limit_per_concert=5)
    fan = await entered(batches, entry)
    await hold_seats(runtime, batches, fan, wish("1", "2", "3"))
    three = {"best_available": BestAvailable("R", 3)} if best else {"seats": ("1", "2", "3")}
    with pytest.raises(SeatLimitExceeded) as refused:
        await hold_seats(runtime, batches, fan, Wish(SECOND, **three))
    assert refused.value.extra() == {"limit": 5, "per": "concert"}
    held = await hold_seats(runtime, batches, fan, Wish(SECOND, ("1", "2")))
    assert held.seat_numbers == ["1", "2"]


async def test_a_user_may_hold_so_often_in_a_minute_and_another_one_too(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    fan = await entered(batches, entry)
    await hold_seats(runtime, batches, fan, wish("1"))
    for _ in range(HOLDS_MAX - 1):
        with pytest.raises(SeatTaken):
            await hold_seats(runtime, batches, fan, wish("1"))
    with pytest.raises(RateLimited):
        await hold_seats(runtime, batches, fan, wish("2"))
    other = await entered(batches, await Fan(runtime, "other").enter())
    assert (await hold_seats(runtime, batches, other, wish("2"))).seat_numbers == ["2"]


async def test_a_pass_holds_so_often_however_long_it_lasts(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    batches = replace(batches, holds_of_pass=Window(60, 1))
    fan = await entered(batches, entry)
    await hold_seats(runtime, batches, fan, wish("1"))
    with pytest.raises(RateLimited):
        await hold_seats(runtime, batches, fan, wish("2"))
    other = await entered(batches, await Fan(runtime, "other").enter())
    assert (await hold_seats(runtime, batches, other, wish("2"))).seat_numbers == ["2"]


async def test_a_repeat_is_answered_with_its_order_when_the_pass_is_over(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    order = await hold_seats(runtime, batches, await entered(batches, entry, "key"), wish("1"))
    assert await hold_seats(runtime, batches, over(entry, "key"), wish("1")) == order
    with pytest.raises(IdempotencyConflict):
        await hold_seats(runtime, batches, over(entry, "key"), wish("2"))


async def test_a_repeat_is_answered_with_its_order_when_the_seat_limit_is_lower_by_now(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    fan = await entered(batches, entry, "key")
    order = await hold_seats(runtime, batches, fan, wish("1", "2"))
    lower = msgspec.structs.replace(runtime.catalogue.concert(HALL), seat_limit=1)
    runtime.catalogue.queues[HALL] = lower
    assert await hold_seats(runtime, batches, fan, wish("1", "2")) == order


@pytest.mark.parametrize("key", [None, "never used"])
async def test_without_an_earlier_hold_a_pass_that_is_over_holds_nothing(
    runtime: Runtime, batches: Batches, entry: EntryToken, key: str | None
) -> None:
    with pytest.raises(EntryTokenExpired):
        await hold_seats(runtime, batches, over(entry, key), wish("1"))


# --- Payments and top-ups -------------------------------------------------------------------------


async def test_a_payment_is_repeated_by_its_key_although_it_has_ended_the_pass(
    runtime: Runtime, batches: Batches, fan: Fan, entry: EntryToken
) -> None:
    await fan.top_up(TOP_UP_MAX)
    first, second = (await fan.hold("1")).id, (await fan.hold("2")).id
    for key in (None, "never used"):
        with pytest.raises(EntryTokenExpired):
            await pay_order(runtime, batches, over(entry, key), first)
    paid = await pay_order(runtime, batches, await entered(batches, entry, "key"), first)
    with pytest.raises(EntryTokenExpired):
        await entered(batches, entry)
    again = await pay_order(runtime, batches, await entered(batches, entry, "key"), first)
    assert again.payment == paid.payment
    with pytest.raises(IdempotencyConflict):
        await pay_order(runtime, batches, over(entry, "key"), second)
    for key in (None, "never used"):
        with pytest.raises(EntryTokenExpired):
            await pay_order(runtime, batches, over(entry, key), second)


async def test_a_top_up_has_a_largest_amount_and_a_user_a_limited_number_a_minute(
    runtime: Runtime, batches: Batches
) -> None:
    with pytest.raises(InvalidRequest, match=f"amount: Expected `int` <= {TOP_UP_MAX}"):
        await top_up_wallet(runtime, batches, "fan", TOP_UP_MAX + 1, "too much")
    for _ in range(2):
        line = await top_up_wallet(runtime, batches, "fan", TOP_UP_MAX, "key")
        assert line.balance_after == TOP_UP_MAX, "a key is credited once"
    with pytest.raises(RateLimited):
        await top_up_wallet(runtime, batches, "fan", 1, "another")
    assert (await top_up_wallet(runtime, batches, "other", 1, "key")).balance_after == 1
