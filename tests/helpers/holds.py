"""Holds that are decided without a store: by default of five free seats of one date."""

from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from yemae.orders.order import Order
from yemae.refusals import Refusal
from yemae.sale.allotments import Allotments
from yemae.sale.decide_holds import HoldRequest, SeatOnOffer, decide_holds
from yemae.values.pass_key import PassKey

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 3
SEATS = ("1", "2", "3", "4", "5")


def request(
    *seats: str, user: str = "ann", key: str | None = None, limit: int = LIMIT
) -> HoldRequest:
    return HoldRequest(PassKey("hall", user, 7), "hall-1", 1, seats, limit, "KRW", key)


def hold(
    requests: Sequence[HoldRequest],
    offered: Mapping[tuple[int, str], SeatOnOffer] | None = None,
    bought: Mapping[tuple[str, int], int] | None = None,
    earlier: Mapping[tuple[str, str], Order] | None = None,
    passes_used: Container[PassKey] = (),
    over: Container[tuple[str, int]] = (),
    allotments: Allotments | None = None,
) -> list[Order | Refusal]:
    """Decide with ids 1, 2, 3 … and, by default, five free seats at 10 each."""
    ids = count(1)
    free = {(1, number): SeatOnOffer("R", 10, free=True) for number in SEATS}
    return decide_holds(
        requests,
        free if offered is None else offered,
        bought or {},
        earlier or {},
        passes_used=passes_used,
        over=over,
        allotments=allotments,
        now=NOW,
        hold_ttl_s=300,
        new_id=lambda: UUID(int=next(ids)),
    )
