"""A calendar file of one event, as RFC 5545 wants it. Pure.

Moments are in UTC, so the file needs no rules of time zones, and every calendar shows its owner's
own time. No text can leave its line: what is special is escaped, and lines are folded at 75 bytes.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from yemae.values.text import CONTROLS

PRODUCT = "-//Yemae//Yemae//EN"
LINE_MAX_BYTES = 75
SPECIAL = re.compile(r"[\\;,]")
UNSEEN = re.compile(f"[{CONTROLS}]+")


class Event(NamedTuple):
    """An event without an end. `uid` is the same whenever the same event is written again; `place`
    and `url` are empty where there is none; a reminder comes `alarm_minutes` before it, if set."""

    uid: str
    starts_at: datetime
    title: str
    place: str
    description: str
    url: str
    alarm_minutes: int | None = None


def written(event: Event, now: datetime) -> bytes:
    """The file, as it is now."""
    return b"".join(_folded(line) for line in _lines(event, now))


def _lines(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield f"PRODID:{PRODUCT}"
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(event.uid)}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"DTSTART:{_utc(event.starts_at)}"
    yield f"SUMMARY:{_escaped(event.title)}"
    if event.place:
        yield f"LOCATION:{_escaped(event.place)}"
    yield f"DESCRIPTION:{_escaped(event.description)}"
    if event.url:
        yield f"URL:{event.url}"
    if event.alarm_minutes is not None:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"TRIGGER:-PT{event.alarm_minutes}M"
        yield f"DESCRIPTION:{_escaped(event.title)}"
        yield "END:VALARM"
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\g<0>", UNSEEN.sub(" ", text))


def _folded(line: str) -> bytes:
    """A line in pieces of at most LINE_MAX_BYTES, never in the middle of a character."""
    pieces, piece = [], b""
    for character in line:
        encoded = character.encode()
        # A piece that goes on begins with a space.
        if len(piece) + len(encoded) > LINE_MAX_BYTES:
            pieces.append(piece)
            piece = b" "
        piece += encoded
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
