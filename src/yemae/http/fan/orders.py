"""좌석 예약 · 주문 · 결제 · Orders: hold seats, look, release, pay."""

from typing import Annotated, ClassVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yemae.concerts.limits import SEAT_NUMBER_MAX_CHARS, Slug
from yemae.http.concert_shapes import EXAMPLE_PERFORMANCE
from yemae.http.contract.operation import (
    CURSOR,
    ENTRY_PROOF,
    ENTRY_TOKEN,
    IDEMPOTENCY_KEY,
    LIMIT,
    Answer,
    Body,
    Operation,
    Shown,
)
from yemae.http.fan.concerts import ENTRY_PROBLEMS
from yemae.http.fan.order_shapes import (
    EXAMPLE_ORDER,
    EXAMPLE_PAID,
    OrderBody,
    Orders,
    show,
    show_looked_at,
)
from yemae.http.server.call import Call, one_page
from yemae.refusals import (
    AllotmentExceeded,
    AreaFull,
    BodyTooLarge,
    CheckoutInProgress,
    CompanionSeatAlone,
    IdempotencyConflict,
    InvalidRequest,
    MalformedBody,
    OrderNotFound,
    OrderNotHeld,
    PerformanceNotFound,
    PriceTypeUnavailable,
    RateLimited,
    RequestTimeout,
    SaleClosed,
    SeatLimitExceeded,
    SeatNotFound,
    SeatsUnavailable,
    SeatTaken,
    Unauthenticated,
)
from yemae.sale import looks, release
from yemae.sale.decide_holds import BestAvailable
from yemae.sale.hold import Wish, hold_seats

# Decomposed it may be longer than the number that it means.
SeatNumber = Annotated[str, Meta(min_length=1, max_length=4 * SEAT_NUMBER_MAX_CHARS)]
SEATS_MAX = 100


class WantBest(Body, frozen=True):
    """`count` adjacent seats of a grade, as near to the front and the centre as there are."""

    grade: Annotated[str, Meta(min_length=1, max_length=60)]
    count: Annotated[int, Meta(ge=1, le=SEATS_MAX)]


class WantSpots(Body, frozen=True):
    """`count` tickets of an area without seats; the lowest entry numbers that are free go first."""

    area: Annotated[str, Meta(min_length=1, max_length=240)]
    count: Annotated[int, Meta(ge=1, le=SEATS_MAX)]


class PlaceOrder(Body, frozen=True):
    """What to hold, all or none: `seats` names seats, `areas` says how many of which area without
    seats, or both; `best_available` leaves the choice of seats to the server. `price_types` has for
    each of them, in this order, the id of a price type of its grade, or null for the full price;
    without it, all have the full price."""

    one_of: ClassVar[tuple[tuple[str, ...], ...]] = (("seats", "areas"), ("best_available",))

    performance_id: Annotated[str, Meta(min_length=1, max_length=63)]
    seats: (
        Annotated[
            list[SeatNumber],
            Meta(min_length=1, max_length=SEATS_MAX, extra_json_schema={"uniqueItems": True}),
        ]
        | UnsetType
    ) = UNSET
    best_available: WantBest | UnsetType = UNSET
    price_types: Annotated[tuple[Slug | None, ...], Meta(max_length=SEATS_MAX)] = ()
    areas: Annotated[list[WantSpots], Meta(min_length=1, max_length=SEATS_MAX)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        chosen = self.seats is not UNSET or self.areas is not UNSET
        if not chosen and self.best_available is UNSET:
            raise ValueError("Object missing required field `seats`")
        if chosen and self.best_available is not UNSET:
            raise ValueError("not together with seats or areas - at `$.best_available`")


PLACE_ORDER = msgspec.json.Decoder(PlaceOrder)


async def place_order(call: Call) -> Answer:
    """Hold seats. A repeat of an Idempotency-Key is answered with its order, even when the pass is
    over: 201 while it is held, 200 when it has another status by now."""
    fan = await call.enter()
    wanted = await call.body(PLACE_ORDER)
    order = await hold_seats(call.runtime, call.batches, fan, _wish(wanted))
    shown = await show(call, order)
    status = 201 if order.status == "held" else 200
    return Answer(status, shown, ((b"location", f"/v1/orders/{shown.id}".encode()),))


async def list_orders(call: Call) -> Answer:
    """The fan's own orders."""
    user_id, limit, before = call.user_id(), call.limit(), call.cursor_uuid()
    found = await looks.own_orders(call.runtime, user_id, before=before, limit=limit + 1)
    listed, following = one_page(found, limit)
    return Answer(200, Orders(await show_looked_at(call, listed), following))


async def show_order(call: Call) -> Answer:
    """One of the fan's own orders."""
    order = await looks.own_order(call.runtime, call.user_id(), path_order_id(call))
    (shown,) = await show_looked_at(call, [order])
    return Answer(200, shown)


async def release_order(call: Call) -> Answer:
    """Give a held order back."""
    order = await release.release(call.runtime, call.user_id(), path_order_id(call))
    return Answer(200, await show(call, order))


def _wish(wanted: PlaceOrder) -> Wish:
    best = wanted.best_available
    return Wish(
        wanted.performance_id,
        () if wanted.seats is UNSET else wanted.seats,
        None if best is UNSET else BestAvailable(best.grade, best.count),
        wanted.price_types,
        () if wanted.areas is UNSET else [(each.area, each.count) for each in wanted.areas],
    )


def path_order_id(call: Call) -> UUID:
    """The order that the path names. Raises OrderNotFound."""
    order_id = call.path_uuid("order_id")
    if order_id is None:
        raise OrderNotFound
    return order_id


OPERATIONS = (
    Operation(
        "place_order",
        "POST",
        "/v1/orders",
        "orders",
        "Reserve seats",
        place_order,
        signed_in=True,
        parameters=(ENTRY_TOKEN, ENTRY_PROOF, IDEMPOTENCY_KEY),
        body=PlaceOrder,
        body_example={"performance_id": EXAMPLE_PERFORMANCE["id"], "seats": ["7"]},
        answers=(
            Shown(
                201,
                "The seats are held for you until `expires_at`",
                OrderBody,
                EXAMPLE_ORDER,
                headers=("Location",),
            ),
            Shown(
                200,
                "What became of the order that this Idempotency-Key made: it is not held any more",
                OrderBody,
                {**EXAMPLE_ORDER, "status": "expired"},
                headers=("Location",),
            ),
        ),
        problems=(
            *ENTRY_PROBLEMS,
            InvalidRequest,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
            PerformanceNotFound,
            SeatNotFound,
            SeatTaken,
            SeatsUnavailable,
            AreaFull,
            SeatLimitExceeded,
            AllotmentExceeded,
            PriceTypeUnavailable,
            CompanionSeatAlone,
            SaleClosed,
            IdempotencyConflict,
            RateLimited,
        ),
        step="hold",
        timed_as="hold",
    ),
    Operation(
        "list_orders",
        "GET",
        "/v1/orders",
        "orders",
        "Your orders",
        list_orders,
        signed_in=True,
        parameters=(CURSOR, LIMIT),
        answers=(
            Shown(200, "A page of orders", Orders, {"orders": [EXAMPLE_PAID], "next_cursor": None}),
        ),
        problems=(Unauthenticated, InvalidRequest),
    ),
    Operation(
        "show_order",
        "GET",
        "/v1/orders/{order_id}",
        "orders",
        "One of your orders",
        show_order,
        signed_in=True,
        answers=(
            Shown(
                200,
                "The order",
                OrderBody,
                examples={"held": EXAMPLE_ORDER, "paid": EXAMPLE_PAID},
            ),
        ),
        problems=(Unauthenticated, OrderNotFound),
    ),
    Operation(
        "release_order",
        "DELETE",
        "/v1/orders/{order_id}",
        "orders",
        "Release a held order",
        release_order,
        signed_in=True,
        answers=(
            Shown(
                200, "The seats are free again", OrderBody, {**EXAMPLE_ORDER, "status": "released"}
            ),
        ),
        problems=(Unauthenticated, OrderNotFound, OrderNotHeld, CheckoutInProgress),
    ),
)
