"""The shapes of concerts, dates and seats, as they go over HTTP, with an example of each."""

import msgspec

from yemae.concerts import catalogue
from yemae.concerts.limits import QueueingMethod
from yemae.concerts.pricing import BookingFee
from yemae.sale.policy import State
from yemae.values.instants import Instant, LocalTime, instant, local_time


class PosterBody(msgspec.Struct, frozen=True):
    """The poster of a concert: `version` is for `?v=` of its address. The size is that of the large
    image, in pixels."""

    version: str
    width: int
    height: int


class ConcertBody(msgspec.Struct, frozen=True):
    """A concert that can be booked. Prices in the currency's minor unit (KRW has none). What ends
    in `_local` is the same moment on the venue's clocks; null where the venue's offset from UTC is
    not known, because the concert was loaded by an earlier version. What ends in `_en` is the same
    name in English, null where there is none. A concert without `poster` has no image: pages draw
    one of their own."""

    id: str
    title: str
    artist: str
    venue: str
    title_en: str | None
    artist_en: str | None
    venue_en: str | None
    currency: str
    price_from: int
    seat_limit: int
    sale_opens_at: Instant
    sale_opens_at_local: LocalTime | None
    first_performance_at: Instant
    first_performance_at_local: LocalTime | None
    last_performance_at: Instant
    last_performance_at_local: LocalTime | None
    poster: PosterBody | None


class ListedConcert(ConcertBody, frozen=True):
    """A concert of the list, with what its queue is doing: `state` and `queueing_method` are those
    of the queue, at most some seconds old. With the method `reject` no new fan may join."""

    state: State
    queueing_method: QueueingMethod


class Concerts(msgspec.Struct, frozen=True):
    """One page of concerts; the next begins at `next_cursor`, null at the end."""

    concerts: list[ListedConcert]
    next_cursor: str | None


class Date(msgspec.Struct, frozen=True):
    """A date as it is public; what is left of it needs an entry token. Once it `has_begun` its
    seats are no longer sold."""

    id: str
    starts_at: Instant
    starts_at_local: LocalTime | None
    has_begun: bool
    seats_total: int
    price_from: int


class ConcertWithDates(ConcertBody, frozen=True):
    """A concert with all its dates, by start, past ones too. `details` names what the organiser
    says of it, for `?v=` of the details' address; null: nothing. `booking_fee` comes on top of the
    seats; null: there is none."""

    dates: list[Date]
    details: str | None
    booking_fee: BookingFee | None = None


class PerformanceBody(msgspec.Struct, frozen=True):
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

    performances: list[PerformanceBody]


class SeatBody(msgspec.Struct, frozen=True):
    """A seat and its price in the currency's minor unit."""

    number: str
    grade: str
    price: int


class Seats(msgspec.Struct, frozen=True):
    """The seats that can be booked now, in plan order. A list that has changed has a higher
    `version`. What other server processes sell is gone from it within a quarter of a second."""

    version: int
    seats: list[SeatBody]


# Of a plan, of details, of a poster.
EXAMPLE_DIGEST = "5f70bf18a086007016e948b04aed3b82"
EXAMPLE_CONCERT = {
    "id": "small-hall",
    "title": "첫눈이 오기 전에 — 어쿠스틱 콘서트",
    "artist": "서윤별",
    "venue": "작은숲 소극장, 서울",
    "title_en": "Before the First Snow: An Acoustic Concert",
    "artist_en": "Seo Yunbyeol",
    "venue_en": "Little Forest Theatre, Seoul",
    "currency": "KRW",
    "price_from": 55000,
    "seat_limit": 4,
    "sale_opens_at": "2026-01-01T02:00:00.000Z",
    "sale_opens_at_local": "2026-01-01T11:00:00.000+09:00",
    "first_performance_at": "2030-05-03T11:00:00.000Z",
    "first_performance_at_local": "2030-05-03T20:00:00.000+09:00",
    "last_performance_at": "2030-05-04T09:00:00.000Z",
    "last_performance_at_local": "2030-05-04T18:00:00.000+09:00",
    "poster": {"version": EXAMPLE_DIGEST, "width": 1200, "height": 1600},
}
EXAMPLE_LISTED = {**EXAMPLE_CONCERT, "state": "open", "queueing_method": "fifo"}
EXAMPLE_PERFORMANCE = {
    "id": "small-hall-2030-05-03",
    "starts_at": "2030-05-03T11:00:00.000Z",
    "starts_at_local": "2030-05-03T20:00:00.000+09:00",
    "seats_total": 50,
    "seats_left": 48,
    "price_from": 55000,
    "plan": EXAMPLE_DIGEST,
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


def shown(concert: catalogue.Concert) -> ConcertBody:
    """A concert as it is public."""
    dates = concert.performances
    first, last = dates[0], dates[-1]
    return ConcertBody(
        concert.id,
        concert.title,
        concert.artist,
        concert.venue,
        concert.title_en,
        concert.artist_en,
        concert.venue_en,
        concert.currency,
        min(date.price_from for date in dates),
        concert.seat_limit,
        instant(concert.sale_opens_at),
        local_time(concert.sale_opens_at, concert.utc_offset_minutes),
        instant(first.starts_at),
        local_time(first.starts_at, first.utc_offset_minutes),
        instant(last.starts_at),
        local_time(last.starts_at, last.utc_offset_minutes),
        _poster(concert),
    )


def _poster(concert: catalogue.Concert) -> PosterBody | None:
    version, width, height = concert.poster, concert.poster_width, concert.poster_height
    if version is None or width is None or height is None:
        return None
    return PosterBody(version, width, height)
