"""The seats of a date for operators: a compact map of what is held, sold and blocked, and the seats
of a hold given back.

Every call is behind the gate of roles (gate.py), which comes before anything else. A server process
reads the map of a date at most once in KEPT_S, however many operators look at it.
"""

import asyncio
import gzip
import hashlib
from functools import partial
from typing import NamedTuple

import msgspec

from yemae.back_office import orders, seats_now
from yemae.back_office.seats_now import SeatsNow
from yemae.base.rate_limit import Latest
from yemae.http.contract.operation import IF_NONE_MATCH, Answer, Operation, Shown
from yemae.http.fan.orders import path_order_id
from yemae.http.operator.order_shapes import EXAMPLE_ADMIN_ORDER, AdminOrder, admin_order
from yemae.http.operator.orders import GATES, OF_BODIES, ONE
from yemae.http.operator.seat_shapes import (
    EXAMPLE_FREE,
    EXAMPLE_SEATS,
    FREE,
    FreeHold,
    SeatsOfDate,
    shown,
)
from yemae.http.server import conditional
from yemae.http.server.call import Call
from yemae.refusals import (
    CheckoutInProgress,
    OperatorRequired,
    OrderNotFound,
    OrderNotHeld,
    PerformanceNotFound,
    Unauthenticated,
)
from yemae.sale.free_hold import free_hold

PATH = "/v1/admin/performances/{performance_id}/seats"
KEPT_S = 2.0
ASK_FIRST = b"private, no-cache"
OF_ANSWER = ("Cache-Control", "ETag")


class MadeAnswer(NamedTuple):
    """The map as it is sent, made once for all who look at it."""

    tag: str
    body: bytes
    gzipped: bytes


async def show_seats(call: Call) -> Answer:
    """Which seats of a date are held and since when, sold, or blocked and why; all others are free.
    At most two seconds old. With `If-None-Match` it is sent only when something has changed."""
    call.operator()
    runtime, performance_id = call.runtime, call.path("performance_id")
    # Before anything is kept by an id that a caller made up.
    date = runtime.catalogue.performance(performance_id)
    kept = runtime.seats_shown.setdefault(date.key, Latest(KEPT_S))
    made: MadeAnswer = await kept.get(partial(_make, call, performance_id))
    return conditional.answer(call, made.tag, ASK_FIRST, made.body, {"gzip": made.gzipped})


async def _make(call: Call, performance_id: str) -> MadeAnswer:
    found = await seats_now.look(call.runtime, call.runtime.plans, performance_id)
    # Beside the event loop, which a large hall would hold up.
    return await asyncio.to_thread(_packed, found)


def _packed(found: SeatsNow) -> MadeAnswer:
    body = msgspec.json.encode(shown(found))
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return MadeAnswer(tag, body, gzip.compress(body, compresslevel=4, mtime=0))


async def release(call: Call) -> Answer:
    """Give the seats of a held order back to the sale at once. Its fan stays inside, and the log
    has the reason. Refused while a card payment of it is on its way."""
    who, order_id = call.operator(), path_order_id(call)
    body = await call.body(FREE)
    await free_hold(call.runtime, who, order_id, body.reason)
    return Answer(200, admin_order(await orders.show_order(call.runtime, order_id)))


OPERATIONS = (
    Operation(
        "show_seats_to_operator",
        "GET",
        PATH,
        "admin",
        "The seats of a date by their state",
        show_seats,
        (
            Shown(
                200,
                "What has the seats that are not free",
                SeatsOfDate,
                EXAMPLE_SEATS,
                headers=OF_ANSWER,
            ),
            Shown(304, "Nothing has changed", headers=OF_ANSWER),
        ),
        (Unauthenticated, OperatorRequired, PerformanceNotFound),
        parameters=(IF_NONE_MATCH,),
        signed_in=True,
    ),
    Operation(
        "free_hold",
        "POST",
        f"{ONE}/release",
        "admin",
        "Give the seats of a held order back to the sale",
        release,
        (Shown(200, "The order as it is now", AdminOrder, EXAMPLE_ADMIN_ORDER),),
        (*GATES, OrderNotFound, OrderNotHeld, CheckoutInProgress, *OF_BODIES),
        body=FreeHold,
        body_example=EXAMPLE_FREE,
        signed_in=True,
    ),
)
