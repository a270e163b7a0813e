"""Refunds to cards and in cash for operators: those that are not paid out, another try, and what is
handed out.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from typing import Any, Literal
from uuid import UUID

import msgspec

from yemae.back_office import orders
from yemae.back_office.orders import OpenRefund
from yemae.http.contract.operation import CURSOR, LIMIT, Answer, Body, Operation, Parameter, Shown
from yemae.http.fan.cancellation_shapes import RefundTo
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operator.order_shapes import EXAMPLE_ADMIN_ORDER, AdminOrder, admin_order
from yemae.http.server.call import Call, one_page
from yemae.refusals import (
    BodyTooLarge,
    InvalidRequest,
    MalformedBody,
    NotFound,
    OperatorRequired,
    OrderDisputed,
    RefundExceedsPayment,
    RequestTimeout,
    Unauthenticated,
)
from yemae.sale.pay_out import pay_out_refund
from yemae.sale.refund import To, retry_refund
from yemae.values.instants import Instant, instant, instant_or_none

PATH = "/v1/admin/refunds"
ALL = Parameter(
    "all",
    "query",
    "Also those that wait for the provider only.",
    {"type": "string", "enum": ["true", "false"], "default": "false"},
)


class RetryRefund(Body, frozen=True, kw_only=True):
    """To the card again, or to the wallet."""

    to: To


class OpenRefundBody(msgspec.Struct, frozen=True):
    """A refund to a card or in cash that is not paid out. `provider` is null for cash. `failure` is
    the provider's word, or `no_answer`; `handed_over_at` is when it had been open for too long."""

    id: UUID
    order_id: UUID
    concert_id: str
    user_id: str
    to: RefundTo
    provider: str | None
    amount: int
    currency: str
    state: Literal["pending", "declined", "in_doubt"]
    failure: str | None
    created_at: Instant
    handed_over_at: Instant | None


class OpenRefundsPage(msgspec.Struct, frozen=True):
    """A page of refunds, newest first; the next begins at `next_cursor`."""

    refunds: list[OpenRefundBody]
    next_cursor: UUID | None


RETRY = msgspec.json.Decoder(RetryRefund)
EXAMPLE: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "order_id": EXAMPLE_ID,
    "concert_id": "small-hall",
    "user_id": EXAMPLE_ID,
    "to": "checkout",
    "provider": "test",
    "amount": 66000,
    "currency": "KRW",
    "state": "declined",
    "failure": "card_closed",
    "created_at": "2026-12-24T02:00:00.000Z",
    "handed_over_at": None,
}


def open_refund(refund: OpenRefund) -> OpenRefundBody:
    """A refund as it is answered."""
    assert refund.state != "settled", "a refund that is paid out is not open"
    return OpenRefundBody(
        refund.id,
        refund.order_id,
        refund.concert_id,
        refund.user_id,
        refund.destination,
        refund.provider,
        refund.amount,
        refund.currency,
        refund.state,
        refund.failure,
        instant(refund.created_at),
        instant_or_none(refund.handed_over_at),
    )


async def list_refunds(call: Call) -> Answer:
    """Refunds that wait for an operator: to cards that were declined, or are open for too long, and
    those in cash."""
    call.operator()
    limit, before = call.limit(), call.cursor_uuid()
    chosen = call.query(ALL.name) or "false"
    if chosen not in ("true", "false"):
        raise InvalidRequest.of(ALL.name, "Expected true or false")
    found = await orders.open_refunds(
        call.runtime,
        concerts=call.caller.concerts,
        is_waiting=chosen == "false",
        before=before,
        limit=limit + 1,
    )
    listed, following = one_page(found, limit)
    return Answer(200, OpenRefundsPage([open_refund(each) for each in listed], following))


async def retry(call: Call) -> Answer:
    """Give back once more what was declined. A repeat gives nothing back again."""
    who, refund_id = call.operator(), call.path_uuid("refund_id")
    if refund_id is None:
        raise NotFound
    body = await call.body(RETRY)
    done = await retry_refund(call.runtime, who, refund_id, body.to)
    return Answer(201, admin_order(await orders.show_order(call.runtime, done.refund.order_id)))


async def pay_out(call: Call) -> Answer:
    """Note that a refund in cash is handed out. Refused for one that was handed out before, also
    by the same operator."""
    who, refund_id = call.operator(), call.path_uuid("refund_id")
    if refund_id is None:
        raise NotFound
    paid = await pay_out_refund(call.runtime, who, refund_id)
    return Answer(201, admin_order(await orders.show_order(call.runtime, paid.order_id)))


OPERATIONS = (
    Operation(
        "list_open_refunds",
        "GET",
        PATH,
        "admin",
        "Refunds that are not paid out",
        list_refunds,
        (
            Shown(
                200,
                "A page of refunds",
                OpenRefundsPage,
                {"refunds": [EXAMPLE], "next_cursor": None},
            ),
        ),
        (Unauthenticated, OperatorRequired, InvalidRequest),
        parameters=(ALL, CURSOR, LIMIT),
        signed_in=True,
    ),
    Operation(
        "retry_refund",
        "POST",
        f"{PATH}/{{refund_id}}/retry",
        "admin",
        "Give a declined refund back once more",
        retry,
        (Shown(201, "The order as it is now", AdminOrder, EXAMPLE_ADMIN_ORDER),),
        (
            Unauthenticated,
            OperatorRequired,
            InvalidRequest,
            OrderDisputed,
            RefundExceedsPayment,
            MalformedBody,
            BodyTooLarge,
            RequestTimeout,
        ),
        body=RetryRefund,
        body_example={"to": "wallet"},
        signed_in=True,
    ),
    Operation(
        "pay_out_refund",
        "POST",
        f"{PATH}/{{refund_id}}/payout",
        "admin",
        "Hand out a refund in cash",
        pay_out,
        (Shown(201, "The order as it is now", AdminOrder, EXAMPLE_ADMIN_ORDER),),
        (Unauthenticated, OperatorRequired, InvalidRequest),
        signed_in=True,
    ),
)
