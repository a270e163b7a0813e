"""캘린더 · Calendar files of a sale's opening and of a performance, which are public."""

from datetime import datetime, tzinfo
from typing import Literal, cast
from urllib.parse import urlsplit

from yemae.http.contract.operation import Answer, Operation, Parameter, Shown
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound, InvalidRequest, PerformanceNotFound
from yemae.values import calendar_file
from yemae.values.calendar_file import Event
from yemae.values.instants import clock, on_clocks
from yemae.values.text import in_language

Language = Literal["ko", "en"]

MEDIA_TYPE = "text/calendar"
LANGUAGE = Parameter(
    "language",
    "query",
    "The language of what is answered.",
    {"type": "string", "enum": ["ko", "en"], "default": "en"},
)
# Enough to open the page and to sign in.
REMINDER_MINUTES = 10
KEPT = b"public, max-age=10"
OPENS = {"ko": "예매 시작: {title}", "en": "Sale opens: {title}"}
VENUE_TIME = {"ko": "공연장 시각 {clock}", "en": "Venue time {clock}"}


async def show_opening(call: Call) -> Answer:
    """The opening of a sale, with a reminder ten minutes before; of the general sale, or of the one
    with this id."""
    concert, language = call.runtime.catalogue.queue(call.path("concert_id")), asked_language(call)
    origin = call.origin()
    event = Event(
        uid=_uid("opening", concert.id, origin),
        starts_at=concert.sale_opens_at,
        title=OPENS[language].format(title=in_language(language, concert.title, concert.title_en)),
        place="",
        description=_venue_time(concert.sale_opens_at, concert.zone, language),
        url=f"{origin}/concerts/{concert.concert_id}" if origin else "",
        alarm_minutes=REMINDER_MINUTES,
    )
    return _answer(call, event, f"{concert.id}-opening")


async def show_performance(call: Call) -> Answer:
    """A performance, at its venue."""
    catalogue, language = call.runtime.catalogue, asked_language(call)
    performance = catalogue.performance(call.path("performance_id"))
    concert = catalogue.concert_of(performance)
    origin = call.origin()
    event = Event(
        uid=_uid("performance", performance.id, origin),
        starts_at=performance.starts_at,
        title=in_language(language, concert.title, concert.title_en),
        place=in_language(language, concert.venue, concert.venue_en),
        description=_venue_time(performance.starts_at, performance.zone, language),
        url=f"{origin}/concerts/{concert.id}" if origin else "",
    )
    return _answer(call, event, performance.id)


def _uid(kind: str, id_: str, origin: str | None) -> str:
    """The same for each download from this server, and another one for another server's event."""
    return f"{kind}-{id_}@{urlsplit(origin).hostname if origin else 'localhost'}"


def asked_language(call: Call) -> Language:
    """The language that LANGUAGE asks for. Raises InvalidRequest."""
    asked = call.query("language") or "en"
    if asked not in OPENS:
        raise InvalidRequest.of("language", "Expected ko or en")
    return cast("Language", asked)


def _venue_time(moment: datetime, zone: tzinfo | None, language: Language) -> str:
    return VENUE_TIME[language].format(clock=clock(on_clocks(moment, zone)))


def _answer(call: Call, event: Event, name: str) -> Answer:
    file = calendar_file.written(event, call.runtime.now())
    headers = (
        (b"content-type", f"{MEDIA_TYPE}; charset=utf-8".encode()),
        (b"content-disposition", f'attachment; filename="{name}.ics"'.encode()),
        (b"cache-control", KEPT),
    )
    return Answer(200, file, headers)


EXAMPLE_EVENT = Event(
    uid="performance-small-hall-2030-05-03@tickets.example.com",
    starts_at=datetime.fromisoformat("2030-05-03T11:00:00Z"),
    title="첫눈이 오기 전에 — 어쿠스틱 콘서트",
    place="작은숲 소극장, 서울",
    description="공연장 시각 2030-05-03 20:00 +09:00",
    url="https://tickets.example.com/concerts/small-hall",
)
EXAMPLE = calendar_file.written(
    EXAMPLE_EVENT, datetime.fromisoformat("2026-11-22T11:00:00Z")
).decode()

OPERATIONS = (
    Operation(
        "show_opening",
        "GET",
        "/v1/concerts/{concert_id}/opening.ics",
        "concerts",
        "The opening of the sale, for a calendar",
        show_opening,
        parameters=(LANGUAGE,),
        answers=(Shown(200, "An iCalendar file", str, EXAMPLE, MEDIA_TYPE, ("Cache-Control",)),),
        problems=(ConcertNotFound, InvalidRequest),
    ),
    Operation(
        "show_performance",
        "GET",
        "/v1/performances/{performance_id}/calendar.ics",
        "concerts",
        "A performance, for a calendar",
        show_performance,
        parameters=(LANGUAGE,),
        answers=(Shown(200, "An iCalendar file", str, EXAMPLE, MEDIA_TYPE, ("Cache-Control",)),),
        problems=(PerformanceNotFound, InvalidRequest),
    ),
)
