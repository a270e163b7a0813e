"""What looks like a mistake in a concert file that is loaded: times that have passed, and values
that an operator's override hides. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from yemae.concerts.files.concert_file import FileConcert
from yemae.concerts.files.load_report import shown
from yemae.values.instants import clock
from yemae.values.time_zones import offset_minutes, venue_zone

# The overrides of each queue, by its id.
Overrides = Mapping[str, Mapping[str, Any]]


def warnings_of(concert: FileConcert, overrides: Overrides, now: datetime) -> list[str]:
    """What has no effect in the file. An archived concert is past as a whole."""
    if concert.archived:
        return []
    return [*_passed(concert, now), *_hidden(concert, overrides)]


def _passed(concert: FileConcert, now: datetime) -> Iterator[str]:
    """Dates that have begun, dates whose sale has ended, and a concert whose every sale has. A
    presale that has ended is none of them: it usually has at later loads."""
    dates = concert.performances
    if all(date.starts_at <= now for date in dates):
        yield "every performance has begun, so the concert is not listed and not sold"
        return
    for date in dates:
        if date.starts_at <= now:
            yield f"performance {date.id} has begun ({clock(date.starts_at)}), so it is not sold"
    for date in dates:
        if date.sale_ends_at and date.sale_ends_at <= now < date.starts_at:
            yield f"the sale of performance {date.id} has ended ({clock(date.sale_ends_at)})"
    ends = [concert.sale_ends_at, *(sale.ends_at for sale in concert.sales)]
    if all(ends_at and ends_at <= now for ends_at in ends):
        yield "every sale has ended, so the concert is not listed and not sold"


def _hidden(concert: FileConcert, overrides: Overrides) -> Iterator[str]:
    """Settings of the file that an operator's value hides, of the general sale and of others."""
    zone = venue_zone(concert.time_zone, offset_minutes(concert.sale_opens_at))
    queues = {concert.id: concert.settings()}
    queues |= {sale.id: sale.settings(concert.queue) for sale in concert.sales}
    for queue_id, settings in queues.items():
        sale = "" if queue_id == concert.id else f"sale {queue_id}: "
        for name, value in overrides.get(queue_id, {}).items():
            if name in settings and value != settings[name]:
                yield (
                    f"{sale}{name} stays {shown(value, zone)}, which an operator set; the file's "
                    f"{shown(settings[name], zone)} comes with "
                    f"`yemae queue set {queue_id} {name}=`"
                )
