"""`yemae sales --watch`: the report on a screen, read anew every few seconds until Ctrl-C."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from yemae.back_office.sales import SalesReport
from yemae.cli.screen import table_of, write_line
from yemae.refusals import StoreUnavailable
from yemae.values import money
from yemae.values.instants import instant

# A report of a large sale takes the database a second.
EVERY_S = 5

Read = Callable[[], Awaitable[SalesReport]]


class Screen(NamedTuple):
    """A table as it is shown; the columns named in `numbers` are aligned to the right."""

    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    numbers: Sequence[str]


async def watch(read: Read, shown: Callable[[SalesReport], Screen]) -> None:
    """Show the report until the process is ended: as a table on a terminal, otherwise its total as
    one line for each reading. Raises what the first reading raises."""
    found = await read()
    console = Console()
    if console.is_terminal:
        await _draw(read, shown, found, console)
    while True:
        write_line(_line(found))
        sys.stdout.flush()
        await asyncio.sleep(EVERY_S)
        try:
            found = await read()
        except StoreUnavailable:
            write_line(f"{found.concert.id} database away, figures of {instant(found.at)}")


def plain(minor: int, currency: str) -> str:
    """An amount without its currency, which stands elsewhere."""
    return money.amount(minor, currency).removesuffix(f" {currency}")


def _line(found: SalesReport) -> str:
    of, currency = found.total, found.concert.currency
    amounts = {"revenue": of.revenue, "refunds": of.refunds, "net": of.net}
    seats = f"sold={of.sold} held={of.held} blocked={of.blocked} free={of.free}"
    said = " ".join(f"{name}={plain(each, currency)}" for name, each in amounts.items())
    return f"{instant(found.at)} {found.concert.id} {seats} {said}"


async def _draw(
    read: Read, shown: Callable[[SalesReport], Screen], found: SalesReport, console: Console
) -> None:
    """A table that changes; the line above it says how old its figures are, every second."""
    read_at, is_away = time.monotonic(), False
    with Live(console=console, auto_refresh=False, screen=True) as live:
        while True:
            age = int(time.monotonic() - read_at)
            remark = ": the database is away" if is_away else ""
            title = f"{found.concert.id}, {age} s old{remark}"
            live.update(_view(title, shown(found)), refresh=True)
            await asyncio.sleep(1)
            if age + 1 >= EVERY_S:
                try:
                    found, is_away = await read(), False
                    read_at = time.monotonic()
                except StoreUnavailable:
                    is_away = True


def _view(title: str, screen: Screen) -> Group:
    """The total on top; what does not fit the terminal is cut off below."""
    *lines, total = screen.rows
    table = table_of(screen.headings, [total, *lines], numbers=screen.numbers)
    return Group(Text(title, style="bold"), table)
