"""등급별 가격과 남은 좌석 · What each grade costs and has left, for fans who are not inside."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from yemae.concerts import pricing
from yemae.concerts.grade_counts import DateCounts
from yemae.concerts.pricing import OfferedType, Pricing
from yemae.http.concert_shapes import EXAMPLE_PERFORMANCE
from yemae.http.contract.operation import IF_NONE_MATCH, Answer, Operation, Shown
from yemae.http.server import conditional
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound
from yemae.sale import looks
from yemae.sale.place_states import rounded_down

FOR_SECONDS = b"public, max-age=5"
COUNTS_KEPT_MAX = 256
TAGGED = ("Cache-Control", "ETag")


class GradeOfDate(msgspec.Struct, frozen=True, omit_defaults=True):
    """A grade of a date. `price` in the currency's minor unit; `seats_left` is rounded down to 1, 2
    or 5 times a power of ten. `types` are the price types beside the full price. `name_en` is the
    name in English, left out where there is none."""

    name: str
    price: int
    seats_total: int
    seats_left: int
    types: list[OfferedType] = []
    name_en: str | None = None


class GradesOfDate(msgspec.Struct, frozen=True):
    """The grades of a date, the dearest first. `sold_out`: every seat is sold; while some are held,
    none may be left although the date is not sold out."""

    id: str
    sold_out: bool
    grades: list[GradeOfDate]


class GradesOfConcert(msgspec.Struct, frozen=True):
    """The dates of a concert that are still sold, in whichever phase, by start."""

    dates: list[GradesOfDate]


async def list_grades(call: Call) -> Answer:
    """Prices and seats left of every date to come, public, for a cache in front: some seconds old
    and rounded, because whether a seat is free is known inside only."""
    counts = await looks.list_grades(call.runtime, call.batches, call.path("concert_id"))
    body, tag = _body(counts.dates, pricing.stored(counts.concert.pricing), counts.grades_en)
    return conditional.answer(call, tag, FOR_SECONDS, body)


@lru_cache(maxsize=COUNTS_KEPT_MAX)
def _body(
    dates: tuple[DateCounts, ...], stored: str, grades_en: tuple[tuple[str, str], ...]
) -> tuple[bytes, str]:
    """The body of these counts, this pricing and these names, and its ETag; all callers get the
    same."""
    types, english = pricing.read(msgspec.json.decode(stored)), dict(grades_en)
    body = msgspec.json.encode(GradesOfConcert([_date(date, types, english) for date in dates]))
    return body, f'W/"{hashlib.sha256(body).hexdigest()[:16]}"'


def _date(counted: DateCounts, types: Pricing, english: Mapping[str, str]) -> GradesOfDate:
    grades = [
        GradeOfDate(
            each.grade,
            each.price,
            each.seats_total,
            rounded_down(each.seats_left) or 0,
            pricing.offered(types, each.grade, each.price),
            english.get(each.grade),
        )
        for each in counted.grades
    ]
    return GradesOfDate(counted.date.id, all(each.unsold == 0 for each in counted.grades), grades)


OPERATIONS = (
    Operation(
        "list_grades",
        "GET",
        "/v1/concerts/{concert_id}/grades",
        "concerts",
        "Prices and seats left by grade, for all",
        list_grades,
        parameters=(IF_NONE_MATCH,),
        answers=(
            Shown(
                200,
                "The grades of each date",
                GradesOfConcert,
                {
                    "dates": [
                        {
                            "id": EXAMPLE_PERFORMANCE["id"],
                            "sold_out": False,
                            "grades": [
                                {
                                    "name": "앞자리",
                                    "price": 66000,
                                    "seats_total": 20,
                                    "seats_left": 10,
                                    "name_en": "Front",
                                },
                                {"name": "S", "price": 55000, "seats_total": 30, "seats_left": 20},
                            ],
                        }
                    ]
                },
                headers=TAGGED,
            ),
            Shown(304, "All is as you know it", headers=TAGGED),
        ),
        problems=(ConcertNotFound,),
    ),
)
