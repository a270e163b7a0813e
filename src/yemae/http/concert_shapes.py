"""The shapes of concerts, dates and seats, as they go over HTTP, with an example of each."""

import msgspec

from yemae.concerts import catalogue
from yemae.concerts.limits import QueueingMethod
from yemae.concerts.performance import Schedule
from yemae.concerts.pricing import BookingFee
from yemae.http.sale_shapes import SaleBody
from yemae.sale.policy import State
from yemae.values.instants import Instant, LocalTime, instant, local_time


class PosterBody(msgspec.Struct, frozen=True):
    """The poster of a concert: `version` is for `?v=` of its address. The size is that of the large
    image, in pixels."""

    version: str
    width: int
    height: int


class ConcertBody(msgspec.Struct, frozen=True):
    """A concert that can be booked, or could be: `schedule` is what became of all of its dates, as
    planned where it differs. Prices in the currency's minor unit (KRW has none). One fan may
    have `seat_limit` seats of each date, and `seat_limit_per_concert` of all dates together.
    `time_zone` is the zone of the venue's clocks in the IANA database; null where the concert file
    names none. What ends in `_local` is the same moment on these clocks; null where the venue's
    offset from UTC is not known, because the concert was loaded by an earlier version. What ends in
    `_en` is the same name in English, null where there is none. A concert without `poster` has no
    image: pages draw one of their own."""

    id: str
    title: str
    artist: str
    venue: str
    title_en: str | None
    artist_en: str | None
    venue_en: str | None
    time_zone: str | None
    currency: str
    price_from: int
    seat_limit: int
    seat_limit_per_concert: int | None
    sale_opens_at: Instant
    sale_opens_at_local: LocalTime | None
    first_performance_at: Instant
    first_performance_at_local: LocalTime | None
    last_performance_at: Instant
    last_performance_at_local: LocalTime | None
    poster: PosterBody | None
    schedule: Schedule


class ListedConcert(ConcertBody, frozen=True):
    """A concert of the list, with what its queue is doing: `state` and `queueing_method` are those
    of the queue, at most some seconds old; of several phases, of one that is open, else of the
    general sale, while that is to come; a phase that is sold out comes last. With
    the method `reject` no new fan may join. `next_opening_at` is when the general sale opens, or
    after that a later phase; null where neither is to come."""

    state: State
    queueing_method: QueueingMethod
    next_opening_at: Instant | None
    next_opening_at_local: LocalTime | None


class Concerts(msgspec.Struct, frozen=True):
    """One page of concerts; the next begins at `next_cursor`, null at the end."""

    concerts: list[ListedConcert]
    next_cursor: str | None


class Date(msgspec.Struct, frozen=True):
    """A date as it is public; what is left of it needs an entry token. Its seats are sold until
    `sale_ends_at`, which is not after its start; then `sale_is_over`, as when it is cancelled.
    `sales` are the phases that sell it. A date that was `postponed` was to begin at
    `postponed_from`; who had paid before cancels it without a fee until `refundable_until`."""

    id: str
    starts_at: Instant
    starts_at_local: LocalTime | None
    has_begun: bool
    sale_ends_at: Instant
    sale_ends_at_local: LocalTime | None
    sale_is_over: bool
    sales: list[str]
    seats_total: int
    price_from: int
    schedule: Schedule
    postponed_from: Instant | None
    postponed_from_local: LocalTime | None
    refundable_until: Instant | None


class ConcertWithDates(ConcertBody, frozen=True):
    """A concert with the phases of its sale, by their opening, and all its dates, by start; past
    ones too. `current_sale` is the id of the phase whose queue stands for the concert now: one that
    is open, else the general sale, while that is to come; one that is sold out comes last.
    `next_opening_at` is as in the list.
    `details` names what the organiser says of it, for `?v=` of the details' address, and
    `cancellation` its cancellation policy; `booking_fee` comes on top of the seats. Null: none."""

    sales: list[SaleBody]
    current_sale: str
    next_opening_at: Instant | None
    next_opening_at_local: LocalTime | None
    dates: list[Date]
    details: str | None
    booking_fee: BookingFee | None = None
    cancellation: str | None = None


class PerformanceBody(msgspec.Struct, frozen=True):
    """A date that can be booked. `time_zone` is its concert's. `plan` names its seat plan, for
    `?v=` of the plan's address; null where the concert was loaded before there were plans."""

    id: str
    starts_at: Instant
    starts_at_local: LocalTime | None
    time_zone: str | None
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


class AreaLeftBody(msgspec.Struct, frozen=True):
    """An area without seats, the price of one of its tickets in the currency's minor unit, and how
    many can be booked now."""

    name: str
    grade: str
    price: int
    left: int


class Seats(msgspec.Struct, frozen=True, omit_defaults=True):
    """The seats that can be booked now, in plan order, and what is left of the areas where the hall
    has any. A list that has changed has a higher `version`. What other server processes sell is
    gone from it within a quarter of a second."""

    version: int
    seats: list[SeatBody]
    areas: list[AreaLeftBody] = []


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
    "time_zone": "Asia/Seoul",
    "currency": "KRW",
    "price_from": 55000,
    "seat_limit": 4,
    "seat_limit_per_concert": None,
    "sale_opens_at": "2026-01-01T02:00:00.000Z",
    "sale_opens_at_local": "2026-01-01T11:00:00.000+09:00",
    "first_performance_at": "2030-05-03T11:00:00.000Z",
    "first_performance_at_local": "2030-05-03T20:00:00.000+09:00",
    "last_performance_at": "2030-05-04T09:00:00.000Z",
    "last_performance_at_local": "2030-05-04T18:00:00.000+09:00",
    "poster": {"version": EXAMPLE_DIGEST, "width": 1200, "height": 1600},
    "schedule": "as_planned",
}
EXAMPLE_LISTED = {
    **EXAMPLE_CONCERT,
    "state": "open",
    "queueing_method": "fifo",
    "next_opening_at": None,
    "next_opening_at_local": None,
}
EXAMPLE_PERFORMANCE = {
    "id": "small-hall-2030-05-03",
    "starts_at": "2030-05-03T11:00:00.000Z",
    "starts_at_local": "2030-05-03T20:00:00.000+09:00",
    "time_zone": "Asia/Seoul",
    "seats_total": 50,
    "seats_left": 48,
    "price_from": 55000,
    "plan": EXAMPLE_DIGEST,
}
EXAMPLE_DATE = {
    "id": "small-hall-2030-05-03",
    "starts_at": "2030-05-03T11:00:00.000Z",
    "starts_at_local": "2030-05-03T20:00:00.000+09:00",
    "has_begun": False,
    "sale_ends_at": "2030-05-03T10:00:00.000Z",
    "sale_ends_at_local": "2030-05-03T19:00:00.000+09:00",
    "sale_is_over": False,
    "sales": ["small-hall"],
    "seats_total": 50,
    "price_from": 55000,
    "schedule": "as_planned",
    "postponed_from": None,
    "postponed_from_local": None,
    "refundable_until": None,
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
        concert.time_zone,
        concert.currency,
        min(date.price_from for date in dates),
        concert.seat_limit,
        concert.seat_limit_per_concert,
        instant(concert.sale_opens_at),
        local_time(concert.sale_opens_at, concert.zone),
        instant(first.starts_at),
        local_time(first.starts_at, first.zone),
        instant(last.starts_at),
        local_time(last.starts_at, last.zone),
        _poster(concert),
        concert.schedule,
    )


def _poster(concert: catalogue.Concert) -> PosterBody | None:
    version, width, height = concert.poster, concert.poster_width, concert.poster_height
    if version is None or width is None or height is None:
        return None
    return PosterBody(version, width, height)
