"""What refunds are to operators: structs."""

from typing import Any
from uuid import UUID

import msgspec

from yemae.back_office.orders import OrderRefund
from yemae.http.fan.cancellation_shapes import RefundState, RefundTo
from yemae.http.fan.users import EXAMPLE_ID
from yemae.values.instants import Instant, instant, instant_or_none


class RefundBody(msgspec.Struct, frozen=True):
    """An attempt to give money back. `cancellation_id` is null where no seat was cancelled for it:
    after a move to cheaper seats, or where an operator gave money back. One to `checkout` goes to
    the card that paid: `reference` is what the payment provider calls it, `failure` why it did not
    pay it out or has not said. One in `cash` is pending until the box office hands it out:
    `paid_out_by` is who did. `instead_of` is the declined refund that it stands for, and `part_of`
    the one that it was split off, as the wallet had paid this part."""

    id: UUID
    cancellation_id: UUID | None
    amount: int
    to: RefundTo
    state: RefundState
    reason: str | None
    requested_by: str
    created_at: Instant
    settled_at: Instant | None
    reference: str | None
    failure: str | None
    instead_of: UUID | None
    part_of: UUID | None
    paid_out_by: str | None


def refund_body(refund: OrderRefund) -> RefundBody:
    """A refund as it is answered."""
    return RefundBody(
        id=refund.id,
        cancellation_id=refund.cancellation_id,
        amount=refund.amount,
        to=refund.destination,
        state=refund.state,
        reason=refund.reason,
        requested_by=refund.requested_by,
        created_at=instant(refund.created_at),
        settled_at=instant_or_none(refund.settled_at),
        reference=refund.reference,
        failure=refund.failure,
        instead_of=refund.instead_of,
        part_of=refund.part_of,
        paid_out_by=refund.paid_out_by,
    )


EXAMPLE_REFUND: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "cancellation_id": EXAMPLE_ID,
    "amount": 62000,
    "to": "wallet",
    "state": "settled",
    "reason": None,
    "requested_by": EXAMPLE_ID,
    "created_at": "2026-12-24T02:00:00.000Z",
    "settled_at": "2026-12-24T02:00:00.000Z",
    "reference": None,
    "failure": None,
    "instead_of": None,
    "part_of": None,
    "paid_out_by": None,
}
