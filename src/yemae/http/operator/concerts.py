"""The concerts of a server for its operators: also hidden and archived ones, with queues and dates.

From this process's memory, so that a console can ask for it when it likes.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance, Schedule
from yemae.http.contract.operation import LIMIT, Answer, Operation, Parameter, Shown
from yemae.http.server.call import Call
from yemae.refusals import InvalidRequest, OperatorRequired, Unauthenticated
from yemae.runtime import Runtime
from yemae.sale import policy
from yemae.sale.policy import State
from yemae.values.instants import Instant, LocalTime, instant, local_time


class QueueOfConcert(msgspec.Struct, frozen=True):
    """A queue of a concert: of its general sale, whose names are null and which comes first, or of
    a phase."""

    id: str
    name: str | None
    name_en: str | None
    state: State
    sale_opens_at: Instant
    sale_opens_at_local: LocalTime | None


class DateOfConcert(msgspec.Struct, frozen=True):
    """A date of a concert. `is_over`: its seats are not sold any more."""

    id: str
    starts_at: Instant
    starts_at_local: LocalTime | None
    schedule: Schedule
    is_over: bool
    seats_total: int


class OperatorsConcert(msgspec.Struct, frozen=True):
    """A concert with its queues and dates."""

    id: str
    title: str
    title_en: str | None
    artist: str
    artist_en: str | None
    venue: str
    venue_en: str | None
    currency: str
    time_zone: str | None
    hidden: bool
    archived: bool
    queues: list[QueueOfConcert]
    dates: list[DateOfConcert]


class OperatorsConcerts(msgspec.Struct, frozen=True):
    """A page of the concerts, in the operator's order; the next begins at `next_cursor`."""

    concerts: list[OperatorsConcert]
    next_cursor: str | None


EXAMPLE_CONCERT: dict[str, Any] = {
    "id": "arena",
    "title": "첫눈이 오기 전에",
    "title_en": "Before the first snow",
    "artist": "서윤별",
    "artist_en": "Seo Yunbyeol",
    "venue": "한강 아레나, 서울",
    "venue_en": "Hangang Arena, Seoul",
    "currency": "KRW",
    "time_zone": "Asia/Seoul",
    "hidden": False,
    "archived": False,
    "queues": [
        {
            "id": "arena",
            "name": None,
            "name_en": None,
            "state": "open",
            "sale_opens_at": "2026-11-22T11:00:00.000Z",
            "sale_opens_at_local": "2026-11-22T20:00:00.000+09:00",
        }
    ],
    "dates": [
        {
            "id": "arena-1",
            "starts_at": "2026-12-24T10:00:00.000Z",
            "starts_at_local": "2026-12-24T19:00:00.000+09:00",
            "schedule": "as_planned",
            "is_over": False,
            "seats_total": 15000,
        }
    ],
}


async def list_concerts(call: Call) -> Answer:
    """Every concert of the server, or those of the caller's roles, with the states of their queues
    as this process last knew them."""
    call.operator()
    limit, cursor, only = call.limit(), call.query(CURSOR.name), call.caller.concerts
    every = call.runtime.catalogue.concerts.values()
    listed = [each for each in every if only is None or each.id in only]
    if cursor is not None:
        places = [place for place, concert in enumerate(listed) if concert.id == cursor]
        if not places:
            raise InvalidRequest.of(CURSOR.name, "not a next_cursor of this list")
        listed = listed[places[0] :]
    following = listed[limit].id if len(listed) > limit else None
    shown = [_concert(call.runtime, concert) for concert in listed[:limit]]
    return Answer(200, OperatorsConcerts(shown, following))


def _concert(runtime: Runtime, concert: Concert) -> OperatorsConcert:
    now = runtime.now()
    return OperatorsConcert(
        concert.id,
        concert.title,
        concert.title_en,
        concert.artist,
        concert.artist_en,
        concert.venue,
        concert.venue_en,
        concert.currency,
        concert.time_zone,
        concert.hidden,
        concert.archived,
        list(_queues(runtime, concert)),
        [_date(date, is_over=date.is_over(now)) for date in concert.performances],
    )


def _queues(runtime: Runtime, concert: Concert) -> Iterator[QueueOfConcert]:
    for queue in (concert, *concert.phases):
        is_general = queue.phase_of is None
        yield QueueOfConcert(
            queue.id,
            None if is_general else queue.phase.name,
            None if is_general else queue.phase.name_en or None,
            policy.last_known_state(runtime, queue),
            instant(queue.sale_opens_at),
            local_time(queue.sale_opens_at, queue.zone),
        )


def _date(date: Performance, *, is_over: bool) -> DateOfConcert:
    return DateOfConcert(
        date.id,
        instant(date.starts_at),
        local_time(date.starts_at, date.zone),
        date.schedule,
        is_over,
        date.seats_total,
    )


CURSOR = Parameter(
    "cursor", "query", "`next_cursor` of the page before.", {"type": "string", "maxLength": 200}
)

OPERATIONS = (
    Operation(
        "list_concerts_to_operator",
        "GET",
        "/v1/admin/concerts",
        "admin",
        "The concerts, for operators",
        list_concerts,
        (
            Shown(
                200,
                "A page of the concerts",
                OperatorsConcerts,
                {"concerts": [EXAMPLE_CONCERT], "next_cursor": None},
            ),
        ),
        (Unauthenticated, OperatorRequired, InvalidRequest),
        parameters=(CURSOR, LIMIT),
        signed_in=True,
    ),
)
