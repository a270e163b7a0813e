"""What a load changes of price types and the booking fee, as lines. Pure."""

from yemae.concerts.files.load_report import LoadChange, Mark
from yemae.concerts.pricing import BookingFee, PriceType, Pricing
from yemae.values import money
from yemae.values.instants import clock


def price(minor: int, currency: str) -> str:
    """An amount without its currency, which all of a concert share: `165,000`."""
    return money.amount(minor, currency).removesuffix(f" {currency}")


def pricing_changes(was: Pricing, becomes: Pricing, currency: str) -> list[LoadChange]:
    """What is different: price types removed, added and changed, their order, the fee."""
    old, new = was.types, becomes.types
    changes = [_of_type("-", old[type_id], "") for type_id in old if type_id not in new]
    changes += [
        _of_type("+", each, f": {each.name}, {_terms(each, currency)}")
        for type_id, each in new.items()
        if type_id not in old
    ]
    for type_id, each in new.items():
        if type_id in old:
            changes += _type_changes(old[type_id], each, currency)
    if [each for each in old if each in new] != [each for each in new if each in old]:
        changes.append(LoadChange("~", "order of the price types"))
    fees = _fee(was.booking_fee, currency), _fee(becomes.booking_fee, currency)
    if fees[0] != fees[1]:
        changes.append(LoadChange("~", f"booking fee: {fees[0]} → {fees[1]}", is_promise=True))
    return changes


def _type_changes(old: PriceType, new: PriceType, currency: str) -> list[LoadChange]:
    terms = _terms(old, currency), _terms(new, currency)
    if terms[0] != terms[1]:
        return [_of_type("~", new, f": {terms[0]} → {terms[1]}")]
    if old.kept() != new.kept():
        return [LoadChange("~", f"price type {new.id}: its name or proof")]
    return []


def _of_type(mark: Mark, price_type: PriceType, said: str) -> LoadChange:
    return LoadChange(mark, f"price type {price_type.id}{said}", is_promise=True)


def _terms(price_type: PriceType, currency: str) -> str:
    """What it costs: `50 % off R, S until 2030-05-01 00:00 +09:00`."""
    if price_type.percent_off is None:
        costs = [
            f"{grade} {price(amount, currency)}"
            for grade, amount in sorted(price_type.prices.items())
        ]
        said = ", ".join(costs)
    else:
        grades = f" {', '.join(price_type.grades)}" if price_type.grades else ""
        said = f"{price_type.percent_off} % off{grades}"
    if price_type.box_office:
        said = f"{said} at the box office"
    return said if price_type.until is None else f"{said} until {clock(price_type.until)}"


def _fee(fee: BookingFee | None, currency: str) -> str:
    return "none" if fee is None else f"{price(fee.amount, currency)} per {fee.per}"
