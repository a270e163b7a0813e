"""What the calls on orders for operators take, and what waits for a second one: structs, their
decoders and examples."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from yemae.concerts.limits import SEAT_NUMBER_MAX_CHARS, Text
from yemae.http.contract.operation import Body
from yemae.http.fan.users import EXAMPLE_ID
from yemae.sale.refund import To
from yemae.sale.second_person import Proposal
from yemae.values.instants import Instant, instant
from yemae.values.money import ORDER_SEATS_MAX, PRICE_MAX

SEATS_MAX = 100
AMOUNT_MAX = ORDER_SEATS_MAX * PRICE_MAX * 1_000

SeatNumber = Annotated[str, Meta(min_length=1, max_length=4 * SEAT_NUMBER_MAX_CHARS)]


class CancelForFan(Body, frozen=True, kw_only=True):
    """What to cancel; without `seats`, all that the order has. The fee is that of the order's
    policy at this moment, or none. The reason is for the log and the refund."""

    seats: Annotated[list[SeatNumber], Meta(min_length=1, max_length=SEATS_MAX)] | None = None
    fee: Literal["policy", "none"]
    reason: Text


class RefundFan(Body, frozen=True, kw_only=True):
    """What to give back, in the currency's minor unit, and why: to where the money came from, the
    card or the wallet that paid, or to the wallet."""

    amount: Annotated[int, Meta(ge=1, le=AMOUNT_MAX)]
    reason: Text
    to: To = "source"


class MoveForFan(Body, frozen=True, kw_only=True):
    """The seats that an order has from now on, as many as now; `from_block` names the block that
    they may be in. `keep`: it costs what it cost. `new`: it costs what its seats cost; the
    difference of a paid order goes back as it was paid, or comes from the fan's wallet; with
    `surcharge` of `cash` it is handed over, for an order that the box office sold for cash."""

    seats: Annotated[list[SeatNumber], Meta(min_length=1, max_length=SEATS_MAX)]
    from_block: Annotated[str, Meta(min_length=1, max_length=63)] | None = None
    price: Literal["keep", "new"] = "keep"
    surcharge: Literal["balance", "cash"] = "balance"


class Proposed(msgspec.Struct, frozen=True):
    """Nothing is changed yet: the same call by another operator until `confirm_until` carries it
    out. `proposed_by` is who made the first one, as the log names them."""

    proposal_id: UUID
    order_id: UUID
    proposed_by: str
    confirm_until: Instant


class RevealFan(Body, frozen=True):
    """Why an operator looks at a fan's name and address; it is in the log."""

    reason: Text


CANCEL = msgspec.json.Decoder(CancelForFan)
REFUND = msgspec.json.Decoder(RefundFan)
MOVE = msgspec.json.Decoder(MoveForFan)
REVEAL = msgspec.json.Decoder(RevealFan)


def proposed(proposal: Proposal) -> Proposed:
    """A proposal as it is answered."""
    return Proposed(proposal.id, proposal.order_id, proposal.who, instant(proposal.until))


EXAMPLE_PROPOSED = {
    "proposal_id": EXAMPLE_ID,
    "order_id": EXAMPLE_ID,
    "proposed_by": EXAMPLE_ID,
    "confirm_until": "2026-11-22T11:14:10.000Z",
}
EXAMPLE_CANCEL = {"seats": ["7"], "fee": "none", "reason": "The seat is broken"}
EXAMPLE_REFUND = {"amount": 10000, "reason": "The view was obstructed"}
EXAMPLE_MOVE = {"seats": ["9"], "from_block": "house", "price": "keep"}
EXAMPLE_REVEAL = {"reason": "Asks for her ticket by phone"}
