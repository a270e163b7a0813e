"""Dates for operators: cancel one or all of a concert, move one, and steer the refunds.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from typing import Literal

import msgspec

from yemae.concerts.limits import Moment, Text
from yemae.http.contract.operation import OF_BODIES, Answer, Body, Operation, Shown
from yemae.http.server.call import Call
from yemae.refusals import (
    ConcertNotFound,
    OperatorRequired,
    PerformanceNotFound,
    RefundRunNotFound,
    Unauthenticated,
)
from yemae.sale import refund_run
from yemae.sale.cancel_date import cancel_concert, cancel_date, postpone_date
from yemae.sale.refund_run import RunProgress
from yemae.values.instants import Instant, instant, instant_or_none

RunState = Literal["running", "paused", "done"]

ONE = "/v1/admin/performances/{performance_id}"


class CancelDate(Body, frozen=True, kw_only=True):
    """Why the date is not held: for the log, and the reason of every refund."""

    reason: Text


class PostponeDate(Body, frozen=True, kw_only=True):
    """When the date begins now, and until when fans who have paid cancel it without a fee: for 14
    days unless you say, and never after it begins. The reason is for the log."""

    starts_at: Moment
    refundable_until: Moment | None = None
    reason: Text


class RefundRunBody(msgspec.Struct, frozen=True):
    """How far the refunds of a cancelled date are: `orders` were cancelled, and `refunded` went
    back for them; `orders_left` of `amount_left` are still to come, and `holds_left` orders are
    held, `being_paid` of them by card at this moment. Money in the currency's minor unit. `failed`
    are orders that could not be cancelled; the run pauses when only these are left."""

    performance_id: str
    state: RunState
    reason: str
    requested_by: str
    requested_at: Instant
    orders: int
    refunded: int
    orders_left: int
    amount_left: int
    holds_left: int
    being_paid: int
    failed: list[str]
    currency: str
    finished_at: Instant | None


class RefundRuns(msgspec.Struct, frozen=True):
    """The refunds of all dates that were cancelled."""

    runs: list[RefundRunBody]


class PostponedBody(msgspec.Struct, frozen=True):
    """When the date was to begin, when it begins now, and until when it is cancelled freely."""

    performance_id: str
    postponed_from: Instant
    starts_at: Instant
    refundable_until: Instant


CANCEL = msgspec.json.Decoder(CancelDate)
POSTPONE = msgspec.json.Decoder(PostponeDate)

EXAMPLE_RUN = {
    "performance_id": "small-hall-2030-05-03",
    "state": "running",
    "reason": "The singer is ill",
    "requested_by": "cli:ann",
    "requested_at": "2030-05-01T09:00:00.000Z",
    "orders": 12,
    "refunded": 1584000,
    "orders_left": 8,
    "amount_left": 1056000,
    "holds_left": 0,
    "being_paid": 0,
    "failed": [],
    "currency": "KRW",
    "finished_at": None,
}
EXAMPLE_POSTPONED = {
    "performance_id": "small-hall-2030-05-03",
    "postponed_from": "2030-05-03T11:00:00.000Z",
    "starts_at": "2030-06-07T11:00:00.000Z",
    "refundable_until": "2030-05-15T09:00:00.000Z",
}


def shown(progress: RunProgress) -> RefundRunBody:
    """A run as the API shows it."""
    run, left = progress.run, progress.left
    return RefundRunBody(
        progress.performance_id,
        run.state,
        run.reason,
        run.requested_by,
        instant(run.requested_at),
        run.orders,
        run.refunded,
        left.paid,
        left.amount,
        left.held,
        left.being_paid,
        [str(each) for each in run.failed],
        progress.currency,
        instant_or_none(run.finished_at),
    )


async def cancel(call: Call) -> Answer:
    """Cancel a date: its sale stops at once, its tickets open no door, fans in line see a message,
    and everybody gets all of their money back. The refunds go on after the answer; repeating the
    call changes nothing."""
    who, performance_id = call.operator(), call.path("performance_id")
    body = await call.body(CANCEL)
    await cancel_date(call.runtime, who, performance_id, body.reason)
    return await _progress(call, performance_id, 202)


async def cancel_all(call: Call) -> Answer:
    """The same for every date of a concert that has not begun."""
    who, concert_id = call.operator(), call.path("concert_id")
    body = await call.body(CANCEL)
    dates = await cancel_concert(call.runtime, who, concert_id, body.reason)
    runs = [await refund_run.progress(call.runtime, date.id) for date in dates]
    return Answer(202, RefundRuns([shown(run) for run in runs]))


async def postpone(call: Call) -> Answer:
    """Move a date to another time: orders and tickets stay, fans in line see a message, and fans
    who have paid cancel it without a fee for a while."""
    who, performance_id = call.operator(), call.path("performance_id")
    body = await call.body(POSTPONE)
    done = await postpone_date(
        call.runtime, who, performance_id, body.starts_at, body.reason, body.refundable_until
    )
    times = (done.before, done.starts_at, done.refundable_until)
    return Answer(200, PostponedBody(performance_id, *map(instant, times)))


async def show_refunds(call: Call) -> Answer:
    """How far the refunds of a cancelled date are."""
    call.operator()
    return await _progress(call, call.path("performance_id"))


async def pause(call: Call) -> Answer:
    """Take no further order, until the refunds are resumed."""
    return await _steer(call, "paused")


async def resume(call: Call) -> Answer:
    """Go on, also with orders that could not be cancelled before."""
    return await _steer(call, "running")


async def _steer(call: Call, state: RunState) -> Answer:
    who, performance_id = call.operator(), call.path("performance_id")
    await refund_run.steer(call.runtime, who, performance_id, state)
    return await _progress(call, performance_id)


async def _progress(call: Call, performance_id: str, status: int = 200) -> Answer:
    return Answer(status, shown(await refund_run.progress(call.runtime, performance_id)))


GATES = (Unauthenticated, OperatorRequired)
OF_RUNS = (*GATES, PerformanceNotFound, RefundRunNotFound)
RUN = Shown(200, "The run as it is now", RefundRunBody, EXAMPLE_RUN)

OPERATIONS = (
    Operation(
        "cancel_date",
        "POST",
        f"{ONE}/cancellation",
        "admin",
        "Cancel a date",
        cancel,
        (Shown(202, "The refunds have begun", RefundRunBody, EXAMPLE_RUN),),
        (*GATES, PerformanceNotFound, *OF_BODIES),
        body=CancelDate,
        body_example={"reason": "The singer is ill"},
        signed_in=True,
    ),
    Operation(
        "cancel_concert",
        "POST",
        "/v1/admin/concerts/{concert_id}/cancellation",
        "admin",
        "Cancel all dates of a concert",
        cancel_all,
        (Shown(202, "The refunds have begun", RefundRuns, {"runs": [EXAMPLE_RUN]}),),
        (*GATES, ConcertNotFound, *OF_BODIES),
        body=CancelDate,
        body_example={"reason": "The singer is ill"},
        signed_in=True,
    ),
    Operation(
        "postpone_date",
        "POST",
        f"{ONE}/postponement",
        "admin",
        "Move a date to another time",
        postpone,
        (Shown(200, "The date has moved", PostponedBody, EXAMPLE_POSTPONED),),
        (*GATES, PerformanceNotFound, *OF_BODIES),
        body=PostponeDate,
        body_example={
            "starts_at": "2030-06-07T11:00:00.000Z",
            "reason": "The stage is broken",
        },
        signed_in=True,
    ),
    Operation(
        "show_refund_run",
        "GET",
        f"{ONE}/refunds",
        "admin",
        "The refunds of a cancelled date",
        show_refunds,
        (RUN,),
        OF_RUNS,
        signed_in=True,
    ),
    Operation(
        "pause_refund_run",
        "POST",
        f"{ONE}/refunds/pause",
        "admin",
        "Pause the refunds of a date",
        pause,
        (RUN,),
        OF_RUNS,
        signed_in=True,
    ),
    Operation(
        "resume_refund_run",
        "POST",
        f"{ONE}/refunds/resume",
        "admin",
        "Resume the refunds of a date",
        resume,
        (RUN,),
        OF_RUNS,
        signed_in=True,
    ),
)
