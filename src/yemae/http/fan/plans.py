"""좌석 배치도 · The plan of a performance: where every seat is, the same for all."""

from yemae.concerts.seat_map.plan import Plan
from yemae.http.contract.operation import IF_NONE_MATCH, Answer, Operation, Parameter, Shown
from yemae.http.server import conditional
from yemae.http.server.call import Call
from yemae.refusals import PerformanceNotFound

VERSION = Parameter(
    "v",
    "query",
    "`plan` of the performance. With it the answer may be kept for ever, without it for a minute, "
    "and not at all when it is not the name of the plan that is answered.",
    {"type": "string", "maxLength": 64},
)
FOR_EVER = b"public, max-age=31536000, immutable"
FOR_A_MINUTE = b"public, max-age=60"
# A process that does not know a new plan yet: its plan must not be cached under the new name.
NOT_KEPT = b"no-store"

EXAMPLE_PLAN = {
    "size": {"width": 180.0, "height": 211.4},
    "stage": {"x": 30.0, "y": 30.0, "width": 120.0, "height": 30.0, "label": "무대"},
    "grades": [
        {
            "name": "R",
            "price": 66000,
            "color": 0,
            "types": [
                {
                    "id": "student",
                    "name": "청소년",
                    "name_en": "Student",
                    "proof": "학생증",
                    "proof_en": "Student ID",
                    "price": 46200,
                }
            ],
        },
        {"name": "S", "price": 55000, "color": 1},
    ],
    "sections": [
        {
            "name": "앞",
            "floor": None,
            "grade": 0,
            "outline": [[66.0, 98.0], [114.0, 98.0], [114.0, 112.0], [66.0, 112.0]],
            "label": {"x": 90.0, "y": 105.0},
            "first_seat": 0,
            "seats": 2,
        },
        {
            "name": "뒤",
            "floor": None,
            "grade": 1,
            "outline": [[66.0, 120.0], [90.0, 120.0], [90.0, 134.0], [66.0, 134.0]],
            "label": {"x": 78.0, "y": 127.0},
            "first_seat": 2,
            "seats": 1,
        },
    ],
    "rows": [
        {"section": 0, "name": "A", "first_seat": 0, "seats": 2},
        {"section": 1, "name": "C", "first_seat": 2, "seats": 1},
    ],
    "seats": {
        "number": ["1", "2", "21"],
        "x": [78.0, 102.0, 78.0],
        "y": [105.0, 105.0, 127.0],
        "grade": [0, 0, 1],
        "label": ["1", "2", "21"],
    },
    "marks": [
        {
            "mark": "restricted_view",
            "seats": [2],
            "note": "기둥 뒤라 무대 왼쪽이 보이지 않습니다",
            "note_en": "A pillar hides the left of the stage",
        }
    ],
}


async def show_plan(call: Call) -> Answer:
    """Stage, sections, rows and seats with their places, grades, prices and price types, and what
    is special about seats. Places in the plan order, which counts from 0, are what `availability`
    is about."""
    performance = call.runtime.catalogue.performance(call.path("performance_id"))
    known = await call.runtime.plans.of(performance)
    kept = {known.digest: FOR_EVER, None: FOR_A_MINUTE}.get(call.query("v"), NOT_KEPT)
    tag = f'W/"{known.digest}"'
    return conditional.answer(call, tag, kept, known.json, {"gzip": known.gzipped})


OPERATIONS = (
    Operation(
        "show_plan",
        "GET",
        "/v1/performances/{performance_id}/plan",
        "concerts",
        "Where the seats are",
        show_plan,
        parameters=(VERSION, IF_NONE_MATCH),
        answers=(
            Shown(200, "The plan", Plan, EXAMPLE_PLAN, headers=("Cache-Control", "ETag")),
            Shown(304, "The plan is as you know it", headers=("Cache-Control", "ETag")),
        ),
        problems=(PerformanceNotFound,),
    ),
)
