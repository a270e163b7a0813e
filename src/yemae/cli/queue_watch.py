"""A queue's numbers on a screen: as a table, and live, new every second. Times are the venue's."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from yemae.back_office.queue_report import QueueReport, report
from yemae.cli.screen import cell, write_line
from yemae.concerts.queue_settings import MOMENTS
from yemae.refusals import StoreUnavailable
from yemae.runtime import Stores
from yemae.values import time_zones
from yemae.values.instants import wall_clock
from yemae.values.time_zones import offset_minutes, zone_name

EVERY_S = 1.0

Row = tuple[str, object, str]


def rows(queue: QueueReport) -> list[Row]:
    """Name, value and remark of everything in a report."""
    settings = queue.settings
    return [
        ("state", queue.state, _last_change(queue)),
        *_numbers(queue),
        *(
            (name, _setting(queue, name), _remark(queue, name))
            for name in settings.__struct_fields__
            if name != "lanes" and not name.endswith("_local")
        ),
        *((f"lane {lane.name}", f"{lane.share} %", "") for lane in settings.lanes),
    ]


def venue_zone(queue: QueueReport) -> tzinfo:
    """The zone of the venue; UTC while it is not known."""
    settings = queue.settings
    opens_at = datetime.fromisoformat(settings.sale_opens_at_local or settings.sale_opens_at)
    return time_zones.venue_zone(queue.time_zone, offset_minutes(opens_at)) or UTC


def times_in(queue: QueueReport) -> str:
    """The heading that names the zone of all times in a table."""
    return f"times in {zone_name(venue_zone(queue))}"


def _setting(queue: QueueReport, name: str) -> object:
    value = getattr(queue.settings, name)
    return value if name not in MOMENTS or value is None else _at_venue(queue, value)


def _at_venue(queue: QueueReport, moment: str) -> str:
    return wall_clock(datetime.fromisoformat(moment).astimezone(venue_zone(queue)))


def line(queue: QueueReport, now: datetime) -> str:
    """The numbers on one line, for logs and scripts; with the offset of the venue's clocks."""
    numbers = " ".join(f"{name}={cell(value)}" for name, value, _ in _numbers(queue))
    return f"{_stamp(queue, now)} {queue.concert_id} {queue.state} {numbers}"


def _stamp(queue: QueueReport, now: datetime) -> str:
    return now.astimezone(venue_zone(queue)).isoformat(timespec="seconds")


async def watch(stores: Stores, concert_id: str, *, once: bool) -> None:
    """Show the report again every second until the process is ended. Raises ConcertNotFound, and
    StoreUnavailable when the database is away at the beginning."""
    queue = await report(stores, concert_id)
    console = Console()
    if not console.is_terminal:
        await _write_lines(stores, queue, once=once)
    elif once:
        console.print(_table(queue, times_in(queue)))
    else:
        await _draw(stores, queue, console)


async def _write_lines(stores: Stores, queue: QueueReport, *, once: bool) -> None:
    write_line(line(queue, stores.now()))
    while not once:
        sys.stdout.flush()
        await asyncio.sleep(EVERY_S)
        try:
            queue = await report(stores, queue.concert_id)
        except StoreUnavailable:
            write_line(f"{_stamp(queue, stores.now())} {queue.concert_id} database away")
        else:
            write_line(line(queue, stores.now()))


async def _draw(stores: Stores, queue: QueueReport, console: Console) -> None:
    first = _table(queue, times_in(queue), console.height)
    with Live(first, console=console, auto_refresh=False, screen=True) as live:
        while True:
            await asyncio.sleep(EVERY_S)
            remark = ""
            try:
                queue = await report(stores, queue.concert_id)
            except StoreUnavailable:
                remark = " · the database is away, these are older"
            zone = venue_zone(queue)
            title = f"{stores.now().astimezone(zone):%H:%M:%S} {zone_name(zone)}{remark}"
            live.update(_table(queue, title, console.height), refresh=True)


def _table(queue: QueueReport, remark: str, height: int | None = None) -> Table:
    """Everything, or as much as fits a screen of `height` lines, and a line about the rest."""
    table = Table(box=None, pad_edge=False, header_style="bold cyan")
    table.add_column("Queue")
    table.add_column(queue.concert_id, justify="right")
    table.add_column(remark)
    all_rows = rows(queue)
    fits = height is None or len(all_rows) < height
    shown = all_rows if fits else all_rows[: max(1, (height or 0) - 2)]
    for name, value, note in shown:
        table.add_row(Text(name), Text(cell(value)), Text(note, style="dim"))
    if len(shown) < len(all_rows):
        table.add_row(Text(f"… {len(all_rows) - len(shown)} more: yemae queue show", style="dim"))
    return table


def _numbers(queue: QueueReport) -> Iterator[Row]:
    """What there is while the waiting room answers."""
    for group in (queue.counts, queue.rates and queue.rates.admitted_per_minute):
        if group is None:
            yield "numbers", None, "the waiting room's store is away"
            return
        for name in group.__struct_fields__:
            yield name.replace("last_", "admitted_per_minute_"), getattr(group, name), ""
    assert queue.time_in_queue_s is not None
    assert queue.passes_ended is not None
    yield "time_in_queue_p50_s", queue.time_in_queue_s.p50, ""
    yield "time_in_queue_p90_s", queue.time_in_queue_s.p90, ""
    yield "no_show_rate", queue.no_show_rate, ""
    for name in queue.passes_ended.__struct_fields__:
        yield f"ended_by_{name}", getattr(queue.passes_ended, name), ""


def _remark(queue: QueueReport, name: str) -> str:
    if name == "message_until" and queue.message_is_over:
        return "over: the message is shown to no fan"
    return "set by operator" if name in queue.set_by_operator else ""


def _last_change(queue: QueueReport) -> str:
    """When an operator last changed a queue that is paused or draining, or a setting of it."""
    if queue.control == "running" or queue.changed_at is None:
        return ""
    return f"last changed {_at_venue(queue, queue.changed_at)}"
