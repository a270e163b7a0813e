"""A closing report as a workbook: the tables of its page, with headings in both languages. Pure."""

from datetime import UTC, datetime

import msgspec

from yemae.base.spreadsheets import Amount, Cell, Sheet, as_xlsx
from yemae.closing.facts import Facts, SoldFacts
from yemae.closing.page import AMOUNTS, SEATS
from yemae.closing.words import WORDS, both

# When there is nothing to date a workbook by.
BEGINNING = datetime(1980, 1, 1, tzinfo=UTC)
CURVES = ("waiting", "active", "joined", "admitted", "holds", "payments")


def workbook(facts: Facts) -> bytes:
    """The report as XLSX; equal facts are equal bytes."""
    sheets = (_money(facts), _minutes(facts), _curves(facts), _invariants(facts), _actions(facts))
    made_at = BEGINNING if facts.as_of is None else datetime.fromisoformat(facts.as_of)
    return as_xlsx(*sheets, made_at=made_at.replace(tzinfo=None))


def _money(facts: Facts) -> Sheet:
    currency = facts.money.currency

    def row(line: SoldFacts) -> list[Cell]:
        first: list[Cell] = [line.performance_id, line.grade, line.sold_by, line.price_type]
        seats: list[Cell] = [line.figures[name] for name in SEATS]
        return first + seats + [Amount(line.figures[name], currency) for name in AMOUNTS]

    names = ("Date", "Grade", "Sold by", "Price type", *SEATS, *AMOUNTS)
    rows = [row(line) for line in (*facts.money.lines, facts.money.total)]
    return Sheet("Money", [both(name) for name in names], rows)


def _minutes(facts: Facts) -> Sheet:
    currency = facts.money.currency
    names = ("Minute", "Orders", "Seats", "Charged", "Cancelled", "Refunded")
    rows: list[list[Cell]] = [
        [
            _moment(each.minute),
            each.orders,
            each.seats,
            Amount(each.charged, currency),
            each.cancelled,
            Amount(each.refunded, currency),
        ]
        for each in facts.money.minutes
    ]
    return Sheet("Minutes", [both(name) for name in names], rows)


def _curves(facts: Facts) -> Sheet:
    rows: list[list[Cell]] = [
        [queue.id, _moment(point.at), *(int(point.figures.get(name) or 0) for name in CURVES)]
        for queue in facts.queues
        for point in queue.curves
    ]
    return Sheet("Curves", [both("Queue"), both("At"), *CURVES], rows)


def _invariants(facts: Facts) -> Sheet:
    names = ("Looked at", "Violations")
    rows: list[list[Cell]] = [
        [check.says, check.says_ko, check.looked_at, check.violations] for check in facts.invariants
    ]
    laws = ["What must hold", WORDS["What must hold"]]
    return Sheet("Invariants", [*laws, *(both(name) for name in names)], rows)


def _actions(facts: Facts) -> Sheet:
    names = ("At", "Who", "Queue", "Action", "Details")
    rows: list[list[Cell]] = [
        [
            _moment(act.at),
            act.who,
            act.queue_id,
            act.action,
            msgspec.json.encode(act.details, order="sorted").decode(),
        ]
        for act in facts.actions
    ]
    return Sheet("Actions", [both(name) for name in names], rows)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
