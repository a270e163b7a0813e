"""`yemae sales`: what was sold of a concert, as a table, as JSON, or as a file for a spreadsheet.

Times are the venue's. The command reads one snapshot and changes nothing, so it may run beside a
live sale.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from yemae.back_office import sales as back_office
from yemae.back_office.sales import MinutesReport, SalesFigures, SalesLine, SalesReport
from yemae.base.spreadsheets import Amount, Cell, Sheet, as_csv, as_xlsx
from yemae.cli import sales_watch
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.files import write_file
from yemae.cli.queue import ConcertId, on_stores
from yemae.cli.sales_watch import Screen, plain
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.concerts.catalogue import Concert
from yemae.runtime import Stores
from yemae.store.postgres import Postgres
from yemae.values.instants import on_clocks, wall_clock
from yemae.values.time_zones import zone_name

Language = Literal["en", "ko"]
SEATS = ("Sold", "Cancelled", "Held", "Blocked", "Free")
MONEY = ("Revenue", "Booking fees", "Cancellation fees", "Refunds", "Net")
OF_SALES = ("Performance", "Starts", "Grade", "Sold by", "Price type", *SEATS, *MONEY)
TIMES = ("Starts", "Minute")
AMOUNTS = (*MONEY, "Charged", "Refunded")
OF_MINUTES = ("Minute", "Orders", "Seats", "Charged", "Cancelled", "Refunded")
NOTHING = (0, 0, 0, 0, 0)
WORDS = {
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
}


def sales(
    concert: ConcertId,
    *,
    per_minute: Annotated[
        bool, typer.Option("--per-minute", help="By the minute instead of by date and grade.")
    ] = False,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a CSV file, for a spreadsheet.")
    ] = None,
    xlsx: Annotated[Path | None, typer.Option(metavar="FILE", help="Write an Excel file.")] = None,
    language: Annotated[Language, typer.Option(help="Of the headings in files.")] = "en",
    watch: Annotated[
        bool, typer.Option("--watch", help="Show it anew every 5 seconds, until Ctrl-C.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Show what of a concert was sold, by date, grade and type.

    Seats are as they are now. Revenue is what was charged for seats, also for those that were
    cancelled since; revenue and booking fees less refunds is the net.
    """
    if watch:
        if per_minute or csv or xlsx or json:
            raise InputError("--watch shows the table on the screen, without another option.")
        _watch(concert)
        return

    async def look(stores: Stores) -> SalesReport | MinutesReport:
        # A million orders take longer than a request may.
        patient = Postgres(stores.settings, transaction_timeout_s=back_office.PATIENCE_S)
        async with patient as postgres:
            read = back_office.by_minute if per_minute else back_office.report
            return await read(stores, concert, postgres=postgres)

    found = on_stores(look)
    if json:
        _write_json(found)
        return
    for path, as_file in ((csv, as_csv), (xlsx, as_xlsx)):
        if path is not None:
            write_file(path, as_file(_sheet(found, language)))
            write_line(f"{path} written")
    if csv is None and xlsx is None:
        screen = _screen(_sheet(found, "en"))
        write_table(screen.headings, screen.rows, numbers=screen.numbers)


def add_to(app: typer.Typer) -> None:
    """Make this a command of the program."""
    app.command(
        epilog=examples(
            "yemae sales small-hall",
            "yemae sales small-hall --watch",
            "yemae sales small-hall --xlsx sales.xlsx --language ko",
            "yemae sales small-hall --per-minute --csv minutes.csv",
        )
    )(sales)


def _watch(concert: str) -> None:
    async def follow(stores: Stores) -> None:
        async with Postgres(
            stores.settings, transaction_timeout_s=back_office.PATIENCE_S
        ) as postgres:
            await sales_watch.watch(
                lambda: back_office.report(stores, concert, postgres=postgres),
                lambda found: _screen(_sheet(found, "en")),
            )

    on_stores(follow)


def _sheet(found: SalesReport | MinutesReport, language: Language) -> Sheet:
    names: Sequence[str]
    if isinstance(found, SalesReport):
        names, rows = OF_SALES, _rows_of_sales(found, language)
    else:
        names, rows = OF_MINUTES, _rows_of_minutes(found, language)
    return Sheet(
        found.concert.id, [_heading(name, found.concert, language) for name in names], rows
    )


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


def _say(word: str, language: Language) -> str:
    return WORDS[word] if language == "ko" else word


def _screen(sheet: Sheet) -> Screen:
    """The table as it is shown."""
    rows = [[_shown(cell) for cell in row] for row in sheet.rows]
    numbers = [
        heading
        for heading, cell in zip(sheet.headings, sheet.rows[-1], strict=True)
        if isinstance(cell, int | Amount)
    ]
    return Screen(sheet.headings, rows, numbers)


def _shown(cell: Cell) -> object:
    match cell:
        case None:
            return ""
        case Amount():
            return plain(cell.minor, cell.currency)
        case datetime():
            return wall_clock(cell)
    return cell


def _write_json(found: SalesReport | MinutesReport) -> None:
    # Only here: the shapes of the API take a while to import.
    from yemae.http.operator.sales_shapes import minutes_body, sales_body  # noqa: PLC0415

    if isinstance(found, SalesReport):
        write_json(sales_body(found))
    else:
        write_json(minutes_body(found, None))
