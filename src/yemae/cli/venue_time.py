"""A time that an operator types without an offset is read on the venue's clocks."""

from datetime import datetime, tzinfo

from yemae.cli.failures import InputError
from yemae.values.time_zones import moments_at, zone_name


def at_venue(typed: datetime, zone: tzinfo) -> datetime:
    """The moment that was typed. Raises InputError for a time that clocks of this zone skip, and
    for one that they show twice, unless its offset says which is meant."""
    if typed.tzinfo is not None:
        return typed
    moments = moments_at(typed, zone)
    if len(moments) == 1:
        return moments[0]
    if moments:
        either = " or ".join(moment.isoformat() for moment in moments)
        raise InputError(f"Clocks of {zone_name(zone)} show {typed} twice: type {either}.")
    raise InputError(f"Clocks of {zone_name(zone)} skip {typed}.")
