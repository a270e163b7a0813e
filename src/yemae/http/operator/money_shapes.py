"""What the calls on a concert's money and on the reconcile answer: structs and examples."""

from typing import Any
from uuid import UUID

import msgspec

from yemae.back_office.money import MethodFigures, MethodLine, MoneyReport
from yemae.back_office.payment_list import PaymentLine
from yemae.back_office.sales_sheets import Language
from yemae.concerts.limits import Moment
from yemae.http.contract.operation import Body
from yemae.orders.booking_number import booking_number
from yemae.orders.order import Status
from yemae.reconcile.last import LastReconcile
from yemae.reconcile.law_words import LawFacts
from yemae.values.instants import Instant, instant, instant_or_none


class MethodFiguresBody(msgspec.Struct, frozen=True, kw_only=True):
    """Payments and refunds by their number, and money in the currency's minor unit. `refunding` is
    on its way back; `left` is what came in and does not go back. `in_doubt` is what a provider may
    have captured: it is no part of the rest."""

    payments: int
    charged: int
    refunds: int
    refunded: int
    refunding: int
    in_doubt: int
    left: int


class MethodBody(MethodFiguresBody, frozen=True, kw_only=True):
    """One way of paying: a `method` of a payment `provider`; `wallet`, `cash` and `complimentary`
    have none."""

    provider: str | None
    method: str


class MoneyBody(msgspec.Struct, frozen=True, kw_only=True):
    """The money of a concert as it was at `at`. What came in and does not go back is for paid
    orders as they are now (`sold`), for fees of cancellations (`fees_kept`) and for the account of
    refunds (`set_aside`, below zero where money went back without a cancelled seat). `difference`
    is the rest: anything but 0 means that the books are wrong."""

    concert_id: str
    currency: str
    at: Instant
    methods: list[MethodBody]
    total: MethodFiguresBody
    sold: int
    fees_kept: int
    set_aside: int
    difference: int


class PaymentLineBody(msgspec.Struct, frozen=True, kw_only=True):
    """A payment by itself, with what came back of it; `seats` are those that are left of its
    order. `surcharges` came from the wallet, but for `surcharges_in_cash`."""

    paid_at: Instant
    booking_number: str
    order_id: UUID
    status: Status
    seats: int
    provider: str | None
    method: str
    reference: str | None
    charged: int
    surcharges: int
    surcharges_in_cash: int
    refunded: int
    refunding: int


class TakePayments(Body, frozen=True):
    """The payments of which time go into the file, those at `since` and not those at `until`, which
    comes after it; and the language of its headings."""

    since: Moment | None = None
    until: Moment | None = None
    language: Language = "en"


class CheckedLaw(msgspec.Struct, frozen=True, kw_only=True):
    """What must hold on this server, how many rows were looked at, and how many violate it.
    `looked_at` is of the whole server: null to a role at one concert."""

    name: str
    says: str
    says_ko: str
    looked_at: int | None
    violations: int


class ReconcileBody(msgspec.Struct, frozen=True, kw_only=True):
    """The last check of the books by the jobs process: when it was begun, at which `node`, how long
    it took with its pauses, and what each law found. A law that did not end in its time is as the
    check before it found it. `holds` is false as soon as a law is violated, and null while it is
    not known: there was no check yet, or not every law ended in the last one. `node` is null to a
    role at one concert."""

    holds: bool | None
    checked_at: Instant | None
    node: str | None
    took_ms: int | None
    laws: list[CheckedLaw]
    is_running: bool
    is_wanted: bool


def money_body(found: MoneyReport) -> MoneyBody:
    """A report as it is answered."""
    return MoneyBody(
        concert_id=found.concert.id,
        currency=found.concert.currency,
        at=instant(found.at),
        methods=list(map(_method, found.lines)),
        total=MethodFiguresBody(**_figures(found.total)),
        sold=found.kept.sold,
        fees_kept=found.kept.fees,
        set_aside=found.kept.set_aside,
        difference=found.difference,
    )


def payment_body(line: PaymentLine) -> PaymentLineBody:
    """A payment as the command writes it."""
    of = line._asdict()
    del of["performance_key"]
    of |= {"paid_at": instant(line.paid_at), "booking_number": booking_number(line.order_id)}
    return PaymentLineBody(**of)


def reconcile_body(found: LastReconcile, *, is_of_server: bool) -> ReconcileBody:
    """What is known as it is answered; `is_of_server`: to a role on the whole server."""
    return ReconcileBody(
        holds=found.holds,
        checked_at=instant_or_none(found.checked_at),
        node=found.checked_by if is_of_server else None,
        took_ms=found.took_ms,
        laws=[_law(each, is_of_server=is_of_server) for each in found.facts()],
        is_running=found.is_running,
        is_wanted=found.is_wanted,
    )


def _law(law: LawFacts, *, is_of_server: bool) -> CheckedLaw:
    return CheckedLaw(
        name=law.name,
        says=law.says,
        says_ko=law.says_ko,
        looked_at=law.looked_at if is_of_server else None,
        violations=law.violations,
    )


def _method(line: MethodLine) -> MethodBody:
    return MethodBody(provider=line.provider, method=line.method, **_figures(line.figures))


def _figures(figures: MethodFigures) -> dict[str, int]:
    return {**figures._asdict(), "left": figures.left}


AT = "2026-11-22T11:04:10.000Z"
_EXAMPLE_FIGURES = {
    "payments": 31,
    "charged": 2244000,
    "refunds": 2,
    "refunded": 122800,
    "refunding": 0,
    "in_doubt": 0,
    "left": 2121200,
}
EXAMPLE_MONEY: dict[str, Any] = {
    "concert_id": "small-hall",
    "currency": "KRW",
    "at": AT,
    "methods": [{"provider": "stripe", "method": "card", **_EXAMPLE_FIGURES}],
    "total": _EXAMPLE_FIGURES,
    "sold": 2108000,
    "fees_kept": 13200,
    "set_aside": 0,
    "difference": 0,
}
EXAMPLE_TAKE: dict[str, Any] = {
    "since": "2026-11-22T00:00:00.000Z",
    "until": "2026-11-23T00:00:00.000Z",
    "language": "ko",
}
EXAMPLE_RECONCILE: dict[str, Any] = {
    "holds": True,
    "checked_at": AT,
    "node": "node-1:4711",
    "took_ms": 840,
    "laws": [
        {
            "name": "seat_in_one_order",
            "says": "A seat is in at most one paid or live order.",
            "says_ko": "한 좌석은 결제되었거나 유효한 주문 하나에만 들어 있다.",
            "looked_at": 50,
            "violations": 0,
        }
    ],
    "is_running": False,
    "is_wanted": False,
}
