"""The prices of a concert file: `[[grades]]`, `[[price_types]]`, `[booking_fee]` and the prices of
a date. Pure.

What comes out names grades that the file has, and keeps the limits of the currency; no price type
costs more than the seat itself, on any date.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from yemae.concerts.files.file_source import FileSource, shown
from yemae.concerts.limits import Price, ShortText, wrong_moment
from yemae.concerts.pricing import BookingFee, PriceType, Pricing
from yemae.values import money


class GradeTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of `[[grades]]`."""

    name: ShortText
    price: Price
    name_en: ShortText | UnsetType = UNSET


class PriceTypeTable(
    PriceType, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One of `[[price_types]]`."""


class BookingFeeTable(BookingFee, frozen=True, forbid_unknown_fields=True):
    """`[booking_fee]`."""


class DatePrices(NamedTuple):
    """The prices that a date has beside the grades' own, and where the file says so."""

    path: str
    prices: Mapping[str, int]


def grade_prices(source: FileSource, currency: str, grades: Sequence[GradeTable]) -> dict[str, int]:
    """Grade → full price. Raises ConcertFileError."""
    names: dict[str, str] = {}
    for index, grade in enumerate(grades):
        source.once(names, grade.name, f"grades[{index}].name", "grade")
        _require_price(source, f"grades[{index}].price", currency, grade.price)
    return {grade.name: grade.price for grade in grades}


def check_dates(
    source: FileSource, currency: str, prices: Mapping[str, int], dates: Sequence[DatePrices]
) -> None:
    """Refuse a date's price of a grade that the file does not have, and one that is too high."""
    for path, own in dates:
        for grade, price in own.items():
            _require_grade(source, path, prices, grade)
            _require_price(source, path, currency, price)


def pricing(
    source: FileSource,
    currency: str,
    types: Sequence[PriceTypeTable],
    fee: BookingFeeTable | None,
    full: Sequence[Mapping[str, int]],
) -> Pricing:
    """The price types and the fee; `full` has the full prices of each date, the grades' own first.
    Raises ConcertFileError."""
    if fee is not None:
        _require_price(source, "booking_fee.amount", currency, fee.amount)
    ids: dict[str, str] = {}
    for index, each in enumerate(types):
        path = f"price_types[{index}]"
        source.once(ids, each.id, f"{path}.id", "id of a price type")
        _check_type(source, path, each, full)
    return Pricing(
        {each.id: PriceType(**msgspec.structs.asdict(each)) for each in types},
        None if fee is None else BookingFee(fee.amount, fee.per),
    )


def _check_type(
    source: FileSource, path: str, each: PriceTypeTable, full: Sequence[Mapping[str, int]]
) -> None:
    if (each.percent_off is None) == (not each.prices):
        source.refuse(path, "expected either percent_off or prices")
    if each.prices and each.grades:
        source.refuse(f"{path}.grades", "expected no grades beside prices, which names its grades")
    if each.until is not None and (wrong := wrong_moment(each.until)):
        source.refuse(f"{path}.until", wrong)
    for grade in each.grades:
        _require_grade(source, f"{path}.grades", full[0], grade)
    for grade, price in each.prices.items():
        _require_grade(source, f"{path}.prices", full[0], grade)
        least = min(prices[grade] for prices in full)
        if price > least:
            said = f"expected at most the price of grade {shown(grade)}, {least}, found {price}"
            source.refuse(f"{path}.prices", said)


def _require_grade(source: FileSource, path: str, prices: Mapping[str, int], grade: str) -> None:
    if grade not in prices:
        source.refuse(path, f"expected one of the grades, found {shown(grade)}")


def _require_price(source: FileSource, path: str, currency: str, price: int) -> None:
    most = money.price_max(currency)
    if price > most:
        limit, found = money.amount(most, currency), money.amount(price, currency)
        source.refuse(path, f"expected a price of at most {limit}, found {found}")
