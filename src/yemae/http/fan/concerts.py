"""콘서트 · Concerts, which are public; dates and seats, for fans who are inside."""

import gzip
import hashlib
from functools import lru_cache

import msgspec

from yemae.concerts import catalogue
from yemae.concerts.performance import Performance
from yemae.http.concert_shapes import (
    EXAMPLE_CONCERT,
    EXAMPLE_DATE,
    EXAMPLE_DIGEST,
    EXAMPLE_LISTED,
    EXAMPLE_PERFORMANCE,
    EXAMPLE_SEATS,
    Concerts,
    ConcertWithDates,
    Date,
    ListedConcert,
    PerformanceBody,
    Performances,
    Seats,
    shown,
)
from yemae.http.contract.operation import (
    CURSOR,
    ENTRY_PROOF,
    ENTRY_TOKEN,
    IF_NONE_MATCH,
    LIMIT,
    Answer,
    Operation,
    Shown,
)
from yemae.http.sale_shapes import EXAMPLE_SALE, sales, sold_in
from yemae.http.server import conditional
from yemae.http.server.call import Call
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
from yemae.runtime import Runtime
from yemae.sale import looks, phases, policy
from yemae.values.instants import instant, instant_or_none, local_time

# The client may keep it, and asks each time whether it is still so.
REVALIDATED = b"private, no-cache"
PUBLIC = b"public, no-cache"
TAGGED = ("Cache-Control", "ETag")
CODINGS = ("gzip",)
DATES_KEPT_MAX = 256
LISTS_KEPT_MAX = 32

ENTRY_PROBLEMS = (
    Unauthenticated,
    EntryTokenMissing,
    EntryTokenInvalid,
    EntryTokenExpired,
    EntryTokenMismatch,
    EntryProofInvalid,
)


async def list_concerts(call: Call) -> Answer:
    """Concerts with a date that is still sold, in the operator's order."""
    limit, cursor, now = call.limit(), call.query("cursor"), call.runtime.now()
    listed = list(call.runtime.catalogue.concerts.values())
    if cursor is not None:
        places = [place for place, concert in enumerate(listed) if concert.id == cursor]
        if not places:
            raise InvalidRequest.of("cursor", "not a next_cursor of this list")
        listed = listed[places[0] :]
    bookable = [concert for concert in listed if concert.is_listed(now)]
    following = bookable[limit].id if len(bookable) > limit else None
    listed_now = Concerts([_listed(call.runtime, c) for c in bookable[:limit]], following)
    body = msgspec.json.encode(listed_now)
    return conditional.answer(call, _tag(body), PUBLIC, body, {"gzip": _gzipped(body)})


async def show_concert(call: Call) -> Answer:
    """One concert with its dates, public; also when it is over, because fans still look at its
    tickets."""
    concert, now = call.runtime.catalogue.concert(call.path("concert_id")), call.runtime.now()
    now_shown = phases.now_shown(concert, now, policy.sold_out_phases(call.runtime, concert))
    opens_at = phases.next_opening(concert, now_shown, now)
    dates = [
        Date(
            date.id,
            instant(date.starts_at),
            local_time(date.starts_at, date.zone),
            date.starts_at <= now,
            instant(date.off_sale_at()),
            local_time(date.off_sale_at(), date.zone),
            date.is_over(now),
            sold_in(concert, date),
            date.seats_total,
            date.price_from,
            date.schedule,
            instant_or_none(date.postponed_from),
            local_time(date.postponed_from, date.zone),
            instant_or_none(date.refundable_until),
        )
        for date in concert.performances
    ]
    whole = ConcertWithDates(
        **msgspec.structs.asdict(shown(concert)),
        sales=list(sales(call.runtime, concert)),
        current_sale=now_shown.id,
        next_opening_at=instant_or_none(opens_at),
        next_opening_at_local=local_time(opens_at, concert.zone),
        dates=dates,
        details=concert.details,
        booking_fee=concert.pricing.booking_fee,
        cancellation=concert.cancellation,
    )
    return Answer(200, whole, ((b"cache-control", b"public, max-age=10"),))


async def list_performances(call: Call) -> Answer:
    """The dates that are still sold, with the number of free seats, from this process's memory."""
    entry = await call.entry(call.path("concert_id"))
    found = await looks.list_dates(call.runtime, call.batches, entry.concert_id)
    body, tag = _dates(tuple(found))
    return conditional.answer(call, tag, REVALIDATED, body)


async def list_seats(call: Call) -> Answer:
    """The seats that can be booked now, from this process's memory; none of a date whose
    sale has ended."""
    entry = await call.entry()
    is_gzipped = conditional.accepted(call, CODINGS) == "gzip"
    listed = await looks.list_seats(
        call.runtime,
        call.batches,
        entry,
        call.path("performance_id"),
        is_gzipped=is_gzipped,
    )
    gzipped = listed.gzipped if is_gzipped else None
    return conditional.answer(call, listed.tag, REVALIDATED, listed.body, {"gzip": gzipped})


@lru_cache(maxsize=DATES_KEPT_MAX)
def _dates(found: tuple[tuple[Performance, int], ...]) -> tuple[bytes, str]:
    """The body of these dates with their seats left, and its ETag; most callers get the same."""
    listed = [
        PerformanceBody(
            date.id,
            instant(date.starts_at),
            local_time(date.starts_at, date.zone),
            date.time_zone,
            date.seats_total,
            seats_left,
            date.price_from,
            date.plan,
        )
        for date, seats_left in found
    ]
    body = msgspec.json.encode(Performances(listed))
    return body, _tag(body)


@lru_cache(maxsize=LISTS_KEPT_MAX)
def _gzipped(body: bytes) -> bytes:
    """The list of concerts, compressed; it changes seldom, and all callers get the same."""
    return gzip.compress(body, mtime=0)


def _tag(body: bytes) -> str:
    return f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'


def _listed(runtime: Runtime, concert: catalogue.Concert) -> ListedConcert:
    now, sold_out = runtime.now(), policy.sold_out_phases(runtime, concert)
    now_shown = phases.now_shown(concert, now, sold_out)
    opens_at = phases.next_opening(concert, now_shown, now)
    return ListedConcert(
        **msgspec.structs.asdict(shown(concert)),
        state=policy.last_known_state(runtime, now_shown),
        queueing_method=now_shown.queueing_method,
        next_opening_at=instant_or_none(opens_at),
        next_opening_at_local=local_time(opens_at, concert.zone),
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
        parameters=(ENTRY_TOKEN, ENTRY_PROOF, IF_NONE_MATCH),
        answers=(
            Shown(200, "The free seats", Seats, EXAMPLE_SEATS, headers=TAGGED),
            Shown(304, "The free seats are as you know them", headers=TAGGED),
        ),
        problems=(*ENTRY_PROBLEMS, PerformanceNotFound),
        step="seats",
    ),
    Operation(
        "list_performances",
        "GET",
        "/v1/concerts/{concert_id}/performances",
        "concerts",
        "Dates that can be booked",
        list_performances,
        signed_in=True,
        parameters=(ENTRY_TOKEN, ENTRY_PROOF, IF_NONE_MATCH),
        answers=(
            Shown(
                200,
                "The dates",
                Performances,
                {"performances": [EXAMPLE_PERFORMANCE]},
                headers=TAGGED,
            ),
            Shown(304, "All is as you know it", headers=TAGGED),
        ),
        problems=(*ENTRY_PROBLEMS, ConcertNotFound),
        step="seats",
    ),
    Operation(
        "list_concerts",
        "GET",
        "/v1/concerts",
        "concerts",
        "Concerts that can be booked",
        list_concerts,
        parameters=(CURSOR, LIMIT, IF_NONE_MATCH),
        answers=(
            Shown(
                200,
                "A page of concerts",
                Concerts,
                {"concerts": [EXAMPLE_LISTED], "next_cursor": None},
                headers=TAGGED,
            ),
            Shown(304, "The list is as you know it", headers=TAGGED),
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
                {
                    **EXAMPLE_CONCERT,
                    "sales": [EXAMPLE_SALE],
                    "current_sale": "small-hall",
                    "next_opening_at": None,
                    "next_opening_at_local": None,
                    "dates": [EXAMPLE_DATE],
                    "details": EXAMPLE_DIGEST,
                    "booking_fee": {"amount": 1000, "per": "ticket"},
                    "cancellation": EXAMPLE_DIGEST,
                },
                headers=("Cache-Control",),
            ),
        ),
        problems=(ConcertNotFound,),
    ),
)
