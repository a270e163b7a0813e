"""Price types and the booking fee of a concert: what a seat may cost a fan, and what comes on top.

Pure. A seat's row has its full price; a price type says what the same seat costs a fan who may have
that type, and what that fan shows at the door. Always holds: a price type never costs more than the
full price; a price is rounded down to the currency's minor unit; taxes are in all amounts. Concert
files, plans and holds share these rules.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from yemae.concerts.limits import Moment, Price, ShortText, Slug, Text
from yemae.values.instants import Instant, instant_or_none

TYPES_MAX = 20

FeePer = Literal["ticket", "order"]


class NamedType(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A price type as fans see it: its name, and the proof that they show at the door.
    Without `name_en` and `proof_en` the other texts are for everybody."""

    id: Slug
    name: ShortText
    name_en: ShortText | None = None
    proof: Text | None = None
    proof_en: Text | None = None


class PriceType(NamedType, frozen=True, kw_only=True, omit_defaults=True):
    """A price type: a discount in percent, for some grades or all, or prices of grades."""

    percent_off: Annotated[int, Meta(ge=1, le=100)] | None = None
    # With `percent_off`: the grades that have it; empty: every grade.
    grades: tuple[str, ...] = ()
    # Without `percent_off`: the price in each grade that has it.
    prices: dict[str, Price] = {}
    # From then on it is not sold any more.
    until: Moment | None = None
    # Sold by operators only, without a queue.
    box_office: bool = False

    def price(self, grade: str, full_price: int) -> int | None:
        """What a seat of this grade and full price costs; None: the grade does not have it."""
        if self.percent_off is None:
            return self.prices.get(grade)
        if self.grades and grade not in self.grades:
            return None
        return full_price * (100 - self.percent_off) // 100

    def is_closed(self, now: datetime) -> bool:
        """Whether no fan can have it: it is not sold any more, or at the box office only."""
        return self.box_office or (self.until is not None and self.until <= now)

    def kept(self) -> dict[str, str]:
        """What an order keeps of it, whatever becomes of the file."""
        names = NamedType.__struct_fields__
        return {name: value for name in names if (value := getattr(self, name)) is not None}


class BookingFee(msgspec.Struct, frozen=True):
    """What an order costs beside its seats: `amount` for each ticket, or for the order."""

    amount: Price
    per: FeePer = "ticket"

    def of(self, tickets: int) -> int:
        """The fee of an order."""
        return self.amount * (tickets if self.per == "ticket" else 1)


class Pricing(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of a concert's price types, by id in the order of its file, and its booking fee."""

    types: dict[str, PriceType] = {}
    booking_fee: BookingFee | None = None

    def fee(self, tickets: int) -> int:
        """The booking fee of an order with this many tickets."""
        return 0 if self.booking_fee is None else self.booking_fee.of(tickets)


NO_PRICING = Pricing()


class OfferedType(NamedType, frozen=True, kw_only=True, omit_defaults=True):
    """A price type of a grade: what a seat costs with it, in the currency's minor unit, until when
    it is sold, and the proof that its fan shows at the door."""

    price: int
    until: Instant | None = None


def offered(pricing: Pricing, grade: str, full_price: int) -> list[OfferedType]:
    """The price types that fans may have of a grade whose seats have this full price."""
    return [
        OfferedType(**each.kept(), price=price, until=instant_or_none(each.until))
        for each in pricing.types.values()
        if not each.box_office and (price := each.price(grade, full_price)) is not None
    ]


def stored(pricing: Pricing) -> str:
    """As the database keeps it, which has an order of its own for the keys of an object."""
    kept = msgspec.to_builtins(pricing)
    if len(pricing.types) > 1:
        kept["order"] = list(pricing.types)
    return msgspec.json.encode(kept).decode()


def read(kept: Mapping[str, Any]) -> Pricing:
    """From what the database keeps."""
    pricing = msgspec.convert(kept, Pricing)
    ids = kept.get("order", pricing.types)
    return msgspec.structs.replace(
        pricing, types={type_id: pricing.types[type_id] for type_id in ids}
    )
