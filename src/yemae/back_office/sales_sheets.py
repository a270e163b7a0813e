"""The tables of what was sold and of its money, as sheets for files and screens: headings in a
language, times on the venue's clocks.
"""

from collections.abc import Sequence
from datetime import UTC
from types import MappingProxyType
from typing import Literal

from yemae.back_office.money import MethodFigures, MethodLine, MoneyReport
from yemae.back_office.payment_list import PaymentLine, PaymentsReport
from yemae.back_office.sales import MinutesReport, SalesFigures, SalesLine, SalesReport
from yemae.base.spreadsheets import Amount, Cell, Sheet
from yemae.concerts.catalogue import Concert
from yemae.orders.booking_number import booking_number
from yemae.values.instants import on_clocks
from yemae.values.time_zones import zone_name

Language = Literal["en", "ko"]
Report = SalesReport | MinutesReport | MoneyReport | PaymentsReport

SEATS = ("Sold", "Cancelled", "Held", "Blocked", "Free")
MONEY = ("Revenue", "Booking fees", "Cancellation fees", "Refunds", "Net")
OF_SALES = ("Performance", "Starts", "Grade", "Sold by", "Price type", *SEATS, *MONEY)
TIMES = ("Starts", "Minute", "Paid at")
AMOUNTS = (
    *MONEY,
    "Charged",
    "Refunded",
    "Came in",
    "Went back",
    "On its way back",
    "In doubt",
    "Left",
    "Surcharges",
    "Surcharges in cash",
)
OF_MINUTES = ("Minute", "Orders", "Seats", "Charged", "Cancelled", "Refunded")
OF_MONEY = (
    "Provider",
    "Method",
    "Payments",
    "Came in",
    "Refunds made",
    "Went back",
    "On its way back",
    "In doubt",
    "Left",
)
OF_PAYMENTS = (
    "Paid at",
    "Booking number",
    "Order",
    "Performance",
    "Status",
    "Seats",
    "Provider",
    "Method",
    "Reference",
    "Charged",
    "Surcharges",
    "Surcharges in cash",
    "Went back",
    "On its way back",
)
NOTHING = (0, 0, 0, 0, 0)
WORDS = MappingProxyType(
    {
        "Performance": "회차",
        "Starts": "시작",
        "Grade": "등급",
        "Sold by": "판매 경로",
        "queue": "온라인",
        "cash": "현장 현금",
        "complimentary": "현장 초대",
        "Price type": "권종",
        "Full price": "정가",
        "Sold": "판매",
        "Cancelled": "취소",
        "Held": "선점",
        "Blocked": "유보",
        "Free": "예매 가능",
        "Revenue": "판매 금액",
        "Booking fees": "예매 수수료",
        "Cancellation fees": "취소 수수료",
        "Refunds": "환불",
        "Net": "순매출",
        "Total": "합계",
        "Minute": "분",
        "Orders": "주문",
        "Seats": "좌석",
        "Charged": "결제 금액",
        "Refunded": "환불",
        "Provider": "결제 대행사",
        "Method": "결제 수단",
        "card": "카드",
        "wallet": "잔액",
        "Payments": "결제",
        "Came in": "들어온 금액",
        "Refunds made": "환불 건수",
        "Went back": "돌려준 금액",
        "On its way back": "돌려주는 중",
        "In doubt": "결과 불명",
        "Left": "남은 금액",
        "Sold now": "판매된 좌석",
        "Fees kept": "받은 취소 수수료",
        "Account of refunds": "환불 계정",
        "Sales": "판매 현황",
        "Minutes": "분별 판매",
        "Methods": "결제 수단별",
        "Difference": "차액",
        "Paid at": "결제 시각",
        "Booking number": "예매번호",
        "Order": "주문",
        "Status": "상태",
        "Reference": "대행사 거래 번호",
        "Surcharges": "추가 결제",
        "Surcharges in cash": "그중 현금",
        "paid": "결제됨",
        "cancelled": "취소됨",
    }
)


def sheet(found: Report, language: Language) -> Sheet:
    """A report as a table, with its total below."""
    names: Sequence[str]
    match found:
        case SalesReport():
            title, names, rows = "Sales", OF_SALES, _rows_of_sales(found, language)
        case MinutesReport():
            title, names, rows = "Minutes", OF_MINUTES, _rows_of_minutes(found, language)
        case MoneyReport():
            title, names, rows = "Methods", OF_MONEY, _rows_of_money(found, language)
        case PaymentsReport():
            title, names, rows = "Payments", OF_PAYMENTS, _rows_of_payments(found, language)
    headings = [_heading(name, found.concert, language) for name in names]
    return Sheet(_say(title, language), headings, rows)


def _heading(name: str, concert: Concert, language: Language) -> str:
    """The zone and the currency stand in the headings of their columns."""
    if name in TIMES:
        return f"{_say(name, language)} ({zone_name(concert.zone or UTC)})"
    return _say(name, language) + (f" ({concert.currency})" if name in AMOUNTS else "")


def _rows_of_sales(found: SalesReport, language: Language) -> list[list[Cell]]:
    zone, currency = found.concert.zone, found.concert.currency

    def figures(of: SalesFigures) -> list[Cell]:
        amounts = (of.revenue, of.booking_fees, of.cancellation_fees, of.refunds, of.net)
        return [*of[: len(SEATS)], *(Amount(each, currency) for each in amounts)]

    def row(line: SalesLine) -> list[Cell]:
        sold_as = line.price_type
        if sold_as is None:
            named = _say("Full price", language)
        else:
            named = (sold_as.name_en if language == "en" else None) or sold_as.name
        starts_at = on_clocks(line.performance.starts_at, zone)
        sold_by = _say(line.tender or "queue", language)
        return [line.performance.id, starts_at, line.grade, sold_by, named, *figures(line.figures)]

    total = [_say("Total", language), None, None, None, None, *figures(found.total)]
    return [*map(row, found.lines), total]


def _rows_of_minutes(found: MinutesReport, language: Language) -> list[list[Cell]]:
    zone, currency = found.concert.zone, found.concert.currency

    def row(first: Cell, values: Sequence[int]) -> list[Cell]:
        orders, seats, charged, cancelled, refunded = values
        return [
            first, orders, seats, Amount(charged, currency), cancelled, Amount(refunded, currency)
        ]  # fmt: skip

    rows = [row(on_clocks(each.minute, zone), each[1:]) for each in found.minutes]
    sums = [
        sum(values) for values in zip(NOTHING, *(each[1:] for each in found.minutes), strict=True)
    ]
    return [*rows, row(_say("Total", language), sums)]


def _rows_of_money(found: MoneyReport, language: Language) -> list[list[Cell]]:
    """By method, in all, and what the money is for; the last row is 0 when the books are right."""
    currency = found.concert.currency

    def row(first: list[Cell], of: MethodFigures) -> list[Cell]:
        return [
            *first, of.payments, Amount(of.charged, currency), of.refunds,
            *(Amount(each, currency) for each in (of.refunded, of.refunding, of.in_doubt, of.left)),
        ]  # fmt: skip

    def method(line: MethodLine) -> list[Cell]:
        return row([line.provider, _named(line.method, language)], line.figures)

    def for_it(word: str, amount: int) -> list[Cell]:
        gap: list[Cell] = [None] * (len(OF_MONEY) - 2)
        return [_say(word, language), *gap, Amount(amount, currency)]

    kept = found.kept
    return [
        *map(method, found.lines),
        row([_say("Total", language), None], found.total),
        for_it("Sold now", kept.sold),
        for_it("Fees kept", kept.fees),
        for_it("Account of refunds", kept.set_aside),
        for_it("Difference", found.difference),
    ]


def _rows_of_payments(found: PaymentsReport, language: Language) -> list[list[Cell]]:
    zone, currency = found.concert.zone, found.concert.currency
    dates = {date.key: date.id for date in found.concert.performances}

    def row(line: PaymentLine) -> list[Cell]:
        amounts = (
            line.charged,
            line.surcharges,
            line.surcharges_in_cash,
            line.refunded,
            line.refunding,
        )
        return [
            on_clocks(line.paid_at, zone),
            booking_number(line.order_id),
            str(line.order_id),
            dates[line.performance_key],
            _named(line.status, language),
            line.seats,
            line.provider,
            _named(line.method, language),
            line.reference,
            *(Amount(each, currency) for each in amounts),
        ]

    return [row(line) for line in found.payments]


def _named(name: str, language: Language) -> str:
    """A name of ours in a language; others are those of a provider."""
    return _say(name, language) if name in WORDS else name


def _say(word: str, language: Language) -> str:
    return WORDS[word] if language == "ko" else word
