"""`yemae sales`: what was sold of a concert, as a table, as JSON, or as a file for a spreadsheet.

Times are the venue's. The command reads one snapshot and changes nothing, so it may run beside a
live sale.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from yemae.back_office import money, payment_list
from yemae.back_office import sales as back_office
from yemae.back_office.money import MoneyReport
from yemae.back_office.payment_list import PaymentsReport, Period
from yemae.back_office.sales import SalesReport
from yemae.back_office.sales_sheets import Language, Report, sheet
from yemae.base.spreadsheets import Amount, Cell, Sheet, as_csv, as_xlsx
from yemae.cli import sales_watch
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.files import write_file
from yemae.cli.queue import ConcertId, on_stores
from yemae.cli.sales_watch import Screen, plain
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.runtime import Stores
from yemae.store.postgres import Postgres
from yemae.values.instants import wall_clock


def sales(
    concert: ConcertId,
    *,
    per_minute: Annotated[
        bool, typer.Option("--per-minute", help="By the minute instead of by date and grade.")
    ] = False,
    methods: Annotated[
        bool,
        typer.Option("--methods", help="Money by method of payment, and whether it adds up."),
    ] = False,
    payments: Annotated[
        bool, typer.Option("--payments", help="Each payment by itself, without its fan.")
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
    cancelled since; revenue and booking fees less refunds is the net. With --methods the exit code
    is 1 when what came in and did not go back is not what was sold.
    """
    if per_minute + methods + payments > 1:
        raise InputError("--per-minute, --methods and --payments are tables each: ask for one.")
    if watch:
        if per_minute or methods or payments or csv or xlsx or json:
            raise InputError("--watch shows the table on the screen, without another option.")
        _watch(concert)
        return

    async def look(stores: Stores) -> Report:
        # A million orders take longer than a request may.
        patient = Postgres(stores.settings, transaction_timeout_s=back_office.PATIENCE_S)
        async with patient as postgres:
            if methods:
                return await money.report(stores, concert, postgres=postgres)
            if payments:
                return await payment_list.report(stores, concert, Period(), postgres=postgres)
            read = back_office.by_minute if per_minute else back_office.report
            return await read(stores, concert, postgres=postgres)

    found = on_stores(look)
    if json:
        _write_json(found)
    else:
        _write(found, csv, xlsx, language)
    if isinstance(found, MoneyReport) and found.difference:
        raise typer.Exit(1)


def _write(found: Report, csv: Path | None, xlsx: Path | None, language: Language) -> None:
    """As files where some are named, else on the screen."""
    for path, as_file in ((csv, as_csv), (xlsx, as_xlsx)):
        if path is not None:
            write_file(path, as_file(sheet(found, language)))
            write_line(f"{path} written")
    if csv is None and xlsx is None:
        screen = _screen(sheet(found, "en"))
        write_table(screen.headings, screen.rows, numbers=screen.numbers)


def add_to(app: typer.Typer) -> None:
    """Make this a command of the program."""
    app.command(
        epilog=examples(
            "yemae sales small-hall",
            "yemae sales small-hall --watch",
            "yemae sales small-hall --xlsx sales.xlsx --language ko",
            "yemae sales small-hall --per-minute --csv minutes.csv",
            "yemae sales small-hall --methods",
            "yemae sales small-hall --payments --csv payments.csv",
        )
    )(sales)


def _watch(concert: str) -> None:
    async def follow(stores: Stores) -> None:
        async with Postgres(
            stores.settings, transaction_timeout_s=back_office.PATIENCE_S
        ) as postgres:
            await sales_watch.watch(
                lambda: back_office.report(stores, concert, postgres=postgres),
                lambda found: _screen(sheet(found, "en")),
            )

    on_stores(follow)


def _screen(table: Sheet) -> Screen:
    """The table as it is shown."""
    rows = [[_shown(cell) for cell in row] for row in table.rows]
    numbers = [
        heading
        for heading, *cells in zip(table.headings, *table.rows, strict=True)
        if any(isinstance(cell, int | Amount) for cell in cells)
    ]
    return Screen(table.headings, rows, numbers)


def _shown(cell: Cell) -> object:
    match cell:
        case None:
            return ""
        case Amount():
            return plain(cell.minor, cell.currency)
        case datetime():
            return wall_clock(cell)
    return cell


def _write_json(found: Report) -> None:
    # Only here: the shapes of the API take a while to import.
    from yemae.http.operator.money_shapes import money_body, payment_body  # noqa: PLC0415
    from yemae.http.operator.sales_shapes import minutes_body, sales_body  # noqa: PLC0415

    match found:
        case SalesReport():
            write_json(sales_body(found))
        case MoneyReport():
            write_json(money_body(found))
        case PaymentsReport():
            write_json([payment_body(each) for each in found.payments])
        case _:
            write_json(minutes_body(found, None))
