"""Disputes (chargebacks) for operators.

The call is behind the gate of roles (gate.py), which comes before anything else.
"""

from typing import Any, Literal, get_args
from uuid import UUID

import msgspec

from yemae.back_office import disputes
from yemae.back_office.disputes import ListedDispute
from yemae.http.contract.operation import CURSOR, LIMIT, Answer, Operation, Parameter, Shown
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.server.call import Call, one_page
from yemae.refusals import InvalidRequest, OperatorRequired, Unauthenticated
from yemae.values.instants import Instant, instant, instant_or_none

ShownState = Literal["open", "won", "lost"]
STATES: tuple[ShownState, ...] = get_args(ShownState)
STATE = Parameter(
    "state",
    "query",
    "Only those in this state; without it, all.",
    {"type": "string", "enum": list(STATES)},
)


class DisputeBody(msgspec.Struct, frozen=True):
    """A payment that its cardholder disputes. `reference` is its name in the provider's dashboard;
    `order_id` null: a top-up."""

    id: UUID
    checkout_id: UUID
    order_id: UUID | None
    user_id: str
    provider: str
    reference: str
    amount: int
    currency: str
    reason: str | None
    state: ShownState
    opened_at: Instant
    closed_at: Instant | None


class DisputesPage(msgspec.Struct, frozen=True):
    """A page of disputes, newest first; the next begins at `next_cursor`."""

    disputes: list[DisputeBody]
    next_cursor: UUID | None


EXAMPLE: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "checkout_id": EXAMPLE_ID,
    "order_id": EXAMPLE_ID,
    "user_id": EXAMPLE_ID,
    "provider": "stripe",
    "reference": "du_1PgafTB1WNhyGt",
    "amount": 66000,
    "currency": "KRW",
    "reason": "fraudulent",
    "state": "open",
    "opened_at": "2026-12-24T02:00:00.000Z",
    "closed_at": None,
}


async def list_disputes(call: Call) -> Answer:
    """Disputes of card payments. The tickets of such an order open no door until it is won; answer
    it in the provider's dashboard."""
    call.operator()
    limit, before = call.limit(), call.cursor_uuid()
    chosen = call.query(STATE.name)
    state = next((each for each in STATES if each == chosen), None)
    if chosen is not None and state is None:
        raise InvalidRequest.of(STATE.name, f"Expected one of {', '.join(STATES)}")
    found = await disputes.list_disputes(
        call.runtime, state=state, concerts=call.caller.concerts, before=before, limit=limit + 1
    )
    listed, following = one_page(found, limit)
    return Answer(200, DisputesPage([_shown(each) for each in listed], following))


def _shown(found: ListedDispute) -> DisputeBody:
    return DisputeBody(
        id=found.id,
        checkout_id=found.checkout_id,
        order_id=found.order_id,
        user_id=found.user_id,
        provider=found.provider,
        reference=found.reference,
        amount=found.amount,
        currency=found.currency,
        reason=found.reason,
        state=found.state,
        opened_at=instant(found.opened_at),
        closed_at=instant_or_none(found.closed_at),
    )


OPERATIONS = (
    Operation(
        "list_disputes",
        "GET",
        "/v1/admin/disputes",
        "admin",
        "Disputes of card payments",
        list_disputes,
        (
            Shown(
                200,
                "A page of disputes",
                DisputesPage,
                {"disputes": [EXAMPLE], "next_cursor": None},
            ),
        ),
        (Unauthenticated, OperatorRequired, InvalidRequest),
        parameters=(STATE, CURSOR, LIMIT),
        signed_in=True,
    ),
)
