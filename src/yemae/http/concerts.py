"""콘서트 · Concerts for everybody; dates and seats for those who are inside."""

import asyncio

import msgspec

from yemae.concerts import catalogue
from yemae.http.call import Call
from yemae.http.contract import CURSOR, ENTRY_PROOF, ENTRY_TOKEN, LIMIT, Answer, Operation, Shown
from yemae.instants import Instant, LocalTime, instant, local_time
from yemae.refusals import (
    ConcertNotFound,
    EntryProofInvalid,
    EntryTokenExpired,
    EntryTokenInvalid,
    EntryTokenMismatch,
    EntryTokenMissing,
    InvalidRequest,
    PerformanceNotFound,
    Unauthenticated,
)

ENTRY_PROBLEMS = (
    Unauthenticated,
    EntryTokenMissing,
    EntryTokenInvalid,
    EntryTokenExpired,
    EntryTokenMismatch,
    EntryProofInvalid,
)


class Concert(msgspec.Struct, frozen=True):
    """A concert that can be booked. Prices in the currency's minor unit (KRW has none). What ends
    in `_local` is the same moment on the venue's clocks; null where the venue's offset from UTC is
    not known, because the concert was loaded by an earlier version."""

    id: str
    title: str
    artist: str
    venue: str
    currency: str
    price_from: int
    seat_limit: int
    sale_opens_at: Instant
    sale_opens_at_local: LocalTime | None
    first_performance_at: Instant
    first_performance_at_local: LocalTime | None
    last_performance_at: Instant
    last_performance_at_local: LocalTime | None


class Concerts(msgspec.Struct, frozen=True):
    """One page of concerts; the next begins at `next_cursor`, null at the end."""

    concerts: list[Concert]
    next_cursor: str | None


class Date(msgspec.Struct, frozen=True):
    """A date as everybody may see it; what is left of it, only those who are inside. Once it
    `has_begun` its seats are no longer sold."""

    id: str
    starts_at: Instant
    starts_at_local: LocalTime | None
    has_begun: bool
    seats_total: int
    price_from: int


class ConcertWithDates(Concert, frozen=True):
    """A concert with all its dates, by start, past ones too."""

    dates: list[Date]


class Performance(msgspec.Struct, frozen=True):
    """A date that can be booked. `plan` names its seat plan, for `?v=` of the plan's address; null
    where the concert was loaded before there were plans."""

    id: str
    starts_at: Instant
    starts_at_local: LocalTime | None
    seats_total: int
    seats_left: int
    price_from: int
    plan: str | None = None


class Performances(msgspec.Struct, frozen=True):
    """The dates of a concert, by start."""

    performances: list[Performance]


class Seat(msgspec.Struct, frozen=True):
    """A seat and its price in the currency's minor unit."""

    number: str
    grade: str
    price: int


class Seats(msgspec.Struct, frozen=True):
    """The seats that can be booked now, in plan order. A later list has a higher `version`."""

    version: int
    seats: list[Seat]


EXAMPLE_CONCERT = {
    "id": "small-hall",
    "title": "첫눈이 오기 전에 — 어쿠스틱 콘서트",
    "artist": "서윤별",
    "venue": "작은숲 소극장, 서울",
    "currency": "KRW",
    "price_from": 55000,
    "seat_limit": 4,
    "sale_opens_at": "2026-01-01T02:00:00.000Z",
    "sale_opens_at_local": "2026-01-01T11:00:00.000+09:00",
    "first_performance_at": "2030-05-03T11:00:00.000Z",
    "first_performance_at_local": "2030-05-03T20:00:00.000+09:00",
    "last_performance_at": "2030-05-04T09:00:00.000Z",
    "last_performance_at_local": "2030-05-04T18:00:00.000+09:00",
}
EXAMPLE_PERFORMANCE = {
    "id": "small-hall-2030-05-03",
    "starts_at": "2030-05-03T11:00:00.000Z",
    "starts_at_local": "2030-05-03T20:00:00.000+09:00",
    "seats_total": 50,
    "seats_left": 48,
    "price_from": 55000,
    "plan": "5f70bf18a086007016e948b04aed3b82",
}
EXAMPLE_DATE = {
    name: False if name == "has_begun" else EXAMPLE_PERFORMANCE[name]
    for name in Date.__struct_fields__
}
EXAMPLE_SEATS = {
    "version": 1795345200000000,
    "seats": [
        {"number": "1", "grade": "R", "price": 66000},
        {"number": "2", "grade": "R", "price": 66000},
    ],
}


async def list_concerts(call: Call) -> Answer:
    """Concerts with a date still to come, in the operator's order."""
    limit, cursor, now = call.limit(), call.query("cursor"), call.house.now()
    listed = list(call.house.catalogue.concerts.values())
    if cursor is not None:
        places = [place for place, concert in enumerate(listed) if concert.id == cursor]
        if not places:
            raise InvalidRequest.of("cursor", "not a next_cursor of this list")
        listed = listed[places[0] :]
    bookable = [concert for concert in listed if not concert.is_over(now)]
    following = bookable[limit].id if len(bookable) > limit else None
    return Answer(200, Concerts([_concert(c) for c in bookable[:limit]], following))


async def show_concert(call: Call) -> Answer:
    """One concert with its dates, for everybody; also when it is over, because its tickets are
    still looked at."""
    concert, now = call.house.catalogue.concert(call.path("concert_id")), call.house.now()
    dates = [
        Date(
            date.id,
            instant(date.starts_at),
            local_time(date.starts_at, date.utc_offset_minutes),
            date.has_begun(now),
            date.seats_total,
            date.price_from,
        )
        for date in concert.performances
    ]
    shown = ConcertWithDates(**msgspec.structs.asdict(_concert(concert)), dates=dates)
    return Answer(200, shown, ((b"cache-control", b"public, max-age=10"),))


async def list_performances(call: Call) -> Answer:
    """The dates still to come, with the number of free seats."""
    concert_id = call.path("concert_id")
    await call.entry(call.user_id(), concert_id)
    now = call.house.now()
    dates = call.house.catalogue.concert(concert_id).to_come(now)
    left = await asyncio.gather(*(call.desk.seats_left.submit(date.key) for date in dates))
    listed = [
        Performance(
            date.id,
            instant(date.starts_at),
            local_time(date.starts_at, date.utc_offset_minutes),
            date.seats_total,
            seats_left,
            date.price_from,
            date.plan,
        )
        for date, seats_left in zip(dates, left, strict=True)
    ]
    return Answer(200, Performances(listed))


async def list_seats(call: Call) -> Answer:
    """The seats that can be booked now; none of a date that has begun."""
    entry = await call.entry(call.user_id())
    performance = call.house.catalogue.performance(call.path("performance_id"))
    call.require_concert(entry, performance)
    now = call.house.now()
    if performance.has_begun(now):
        return Answer(200, Seats(int(now.timestamp() * 1_000_000), []))
    return Answer(200, await call.desk.free_seats.submit(performance.key))


def _concert(concert: catalogue.Concert) -> Concert:
    dates = concert.performances
    first, last = dates[0], dates[-1]
    return Concert(
        concert.id,
        concert.title,
        concert.artist,
        concert.venue,
        concert.currency,
        min(date.price_from for date in dates),
        concert.seat_limit,
        instant(concert.sale_opens_at),
        local_time(concert.sale_opens_at, concert.utc_offset_minutes),
        instant(first.starts_at),
        local_time(first.starts_at, first.utc_offset_minutes),
        instant(last.starts_at),
        local_time(last.starts_at, last.utc_offset_minutes),
    )


OPERATIONS = (
    Operation(
        "list_seats",
        "GET",
        "/v1/performances/{performance_id}/seats",
        "concerts",
        "Seats that can be booked",
        list_seats,
        signed_in=True,
        parameters=(ENTRY_TOKEN, ENTRY_PROOF),
        answers=(Shown(200, "The free seats", Seats, EXAMPLE_SEATS),),
        problems=(*ENTRY_PROBLEMS, PerformanceNotFound),
    ),
    Operation(
        "list_performances",
        "GET",
        "/v1/concerts/{concert_id}/performances",
        "concerts",
        "Dates that can be booked",
        list_performances,
        signed_in=True,
        parameters=(ENTRY_TOKEN, ENTRY_PROOF),
        answers=(Shown(200, "The dates", Performances, {"performances": [EXAMPLE_PERFORMANCE]}),),
        problems=(*ENTRY_PROBLEMS, ConcertNotFound),
    ),
    Operation(
        "list_concerts",
        "GET",
        "/v1/concerts",
        "concerts",
        "Concerts that can be booked",
        list_concerts,
        parameters=(CURSOR, LIMIT),
        answers=(
            Shown(
                200,
                "A page of concerts",
                Concerts,
                {"concerts": [EXAMPLE_CONCERT], "next_cursor": None},
            ),
        ),
        problems=(InvalidRequest,),
    ),
    Operation(
        "show_concert",
        "GET",
        "/v1/concerts/{concert_id}",
        "concerts",
        "A concert with its dates",
        show_concert,
        answers=(
            Shown(
                200,
                "The concert",
                ConcertWithDates,
                {**EXAMPLE_CONCERT, "dates": [EXAMPLE_DATE]},
                headers=("Cache-Control",),
            ),
        ),
        problems=(ConcertNotFound,),
    ),
)
