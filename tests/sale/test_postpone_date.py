"""A date that is moved to another time: what stays, what fans may do, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from helpers.cancelling import FEE, cancellable, to_the_fee
from helpers.concerts import FIRST, HALL, SMALL, TEXT, load_concert
from helpers.fans import Fan
from helpers.paid_orders import bought, opens
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.concerts.files.concert_file import parse
from yemae.refusals import CancellationClosed, InvalidRequest
from yemae.runtime import Runtime
from yemae.sale.cancel import By, quote_cancellation
from yemae.sale.cancel_date import REFUNDABLE, Postponed, cancel_date, postpone_date
from yemae.settings import Settings

BEFORE = datetime(2030, 1, 1, 10, tzinfo=UTC)
AFTER = datetime(2030, 3, 1, 11, tzinfo=UTC)


@pytest.fixture
async def hall(settings: Settings, runtime: Runtime) -> Runtime:
    """The hall with the Korean policy."""
    await load_concert(settings, cancellable())
    await runtime.catalogue.refresh()
    return runtime


async def postpone(runtime: Runtime, until: datetime | None = None) -> Postponed:
    return await postpone_date(runtime, "op", FIRST, AFTER, "The stage is broken", until)


async def test_orders_and_tickets_stay_and_fans_hear_the_new_time(hall: Runtime) -> None:
    order = await bought(Fan(hall, "ann"), "1")
    done = await postpone(hall)
    assert (done.before, done.starts_at) == (BEFORE, AFTER)
    date = hall.catalogue.performances[FIRST]
    assert (date.schedule, date.starts_at, date.postponed_from) == ("postponed", AFTER, BEFORE)
    assert await opens(hall, order, "1")
    message = hall.catalogue.concert(HALL).message_en
    assert "on 1 January 2030, 10:00 is moved to 1 March 2030, 11:00." in message
    await assert_reconciled(hall)


async def test_who_had_paid_cancels_without_a_fee_until_the_end_and_who_pays_later_does_not(
    hall: Runtime,
) -> None:
    early, late, hesitant = (Fan(hall, name) for name in ("early", "late", "hesitant"))
    for fan, seat in ((early, "1"), (hesitant, "2")):
        await bought(fan, seat)
    to_the_fee(hall)
    done = await postpone(hall, hall.now() + timedelta(days=10))
    order = await bought(late, "3")
    # Until here it is free for everybody by the policy, from the day of the purchase on.
    travel(hall, 9 * 86_400)
    assert (await early.cancel()).cancellation.fee == 0
    quoted = await quote_cancellation(hall, By("late"), order.id)
    assert quoted.fee == FEE
    travel(hall, 86_400 + 1)
    assert hall.now() > done.refundable_until
    assert (await hesitant.cancel()).cancellation.fee == FEE
    await assert_reconciled(hall)


async def test_without_a_policy_the_window_is_the_only_time_to_cancel(runtime: Runtime) -> None:
    fan = Fan(runtime, "ann")
    order = await bought(fan, "1")
    with pytest.raises(CancellationClosed):
        await quote_cancellation(runtime, By("ann"), order.id)
    done = await postpone(runtime)
    quoted = await quote_cancellation(runtime, By("ann"), order.id)
    assert (quoted.fee, quoted.closes_at) == (0, done.refundable_until)
    travel(runtime, REFUNDABLE.total_seconds() + 1)
    with pytest.raises(CancellationClosed):
        await fan.cancel()


async def test_moved_twice_it_says_when_it_was_to_begin_at_first(hall: Runtime) -> None:
    await postpone(hall)
    await postpone_date(hall, "op", FIRST, AFTER + timedelta(days=1), "Again")
    assert hall.catalogue.performances[FIRST].postponed_from == BEFORE


async def test_a_file_with_the_old_time_does_not_move_it_back_and_one_with_another_does(
    hall: Runtime, settings: Settings
) -> None:
    await postpone(hall)
    await load_concert(settings, cancellable())
    await hall.catalogue.refresh()
    assert hall.catalogue.performances[FIRST].starts_at == AFTER
    other = TEXT.format(**SMALL).replace("2030-01-01T10", "2030-04-01T10")
    await load_concert(settings, parse(other, "hall.toml"))
    await hall.catalogue.refresh()
    assert hall.catalogue.performances[FIRST].starts_at == datetime(2030, 4, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts_at", "until", "field"),
    [
        (BEFORE, None, "starts_at"),
        (datetime(2020, 1, 1, tzinfo=UTC), None, "starts_at"),
        (AFTER, datetime(2020, 1, 1, tzinfo=UTC), "refundable_until"),
        (AFTER, AFTER + timedelta(seconds=1), "refundable_until"),
    ],
)
async def test_a_time_that_cannot_be_meant_is_refused(
    hall: Runtime, starts_at: datetime, until: datetime | None, field: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await postpone_date(hall, "op", FIRST, starts_at, "Why", until)
    assert refused.value.errors[0].field == field
    assert hall.catalogue.performances[FIRST].starts_at == BEFORE


async def test_a_cancelled_date_is_not_moved(hall: Runtime) -> None:
    await cancel_date(hall, "op", FIRST, "Why")
    with pytest.raises(InvalidRequest):
        await postpone(hall)
