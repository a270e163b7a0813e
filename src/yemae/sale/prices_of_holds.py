"""What the seats and spots of a hold cost, with their price types. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yemae.sale.decide_holds import HoldRequest, SeatOnOffer


def priced(
    request: "HoldRequest", chosen: "Sequence[SeatOnOffer]"
) -> tuple[list[int], list[dict[str, str] | None] | None]:
    """What each seat costs, and its price type as the order keeps it."""
    prices = [seat.price for seat in chosen]
    if not any(request.price_types):
        return prices, None
    kept: list[dict[str, str] | None] = [None] * len(chosen)
    for place, wanted in enumerate(request.price_types):
        if wanted is not None:
            known, seat = request.pricing.types[wanted], chosen[place]
            price = known.price(seat.grade, seat.price)
            assert price is not None, f"price type {wanted} was not refused"
            prices[place], kept[place] = price, known.kept()
    return prices, kept
