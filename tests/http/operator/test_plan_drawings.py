"""The plan of a concert that is still being written, drawn over HTTP."""

from typing import Any

import pytest

from helpers.http import Site, Visitor, problem_of
from helpers.operators import having

PATH = "/v1/admin/concert-files/plan"
HALL: dict[str, Any] = {
    "grades": [{"name": "R"}, {"name": "VIP", "price": 90_000}],
    "sections": [
        {"name": "none", "grade": "R", "rows": []},
        {"name": "1F", "grade": "R", "rows": ["A-B:1-4"]},
        {
            "name": "2F",
            "grade": "R",
            "rows": ["A:1-6"],
            "layout": {"x": 5, "y": 200, "distance": 80},
            "parts": [{"grade": "VIP", "rows": ["A:3-4"]}],
        },
    ],
}


async def drawn(op: Visitor, document: dict[str, Any]) -> dict[str, Any]:
    answer = await op.post(PATH, {"document": document})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_hall_is_drawn_before_the_concert_has_a_title_or_a_price(op: Visitor) -> None:
    shown = await drawn(op, HALL | {"title": 7, "performances": [{}]})
    assert [each["name"] for each in shown["plan"]["sections"]] == ["1F", "2F", "2F"]
    assert [each["table"] for each in shown["sections"]] == [1, 2, 2]
    # The file says where the second floor is; the first is below it.
    assert (shown["sections"][1]["x"], shown["sections"][1]["y"]) == (5, 200)
    assert shown["sections"][0]["y"] > 200
    seats = shown["plan"]["seats"]
    # Rows are straight where no distance is given: the first row's middle is the reference point.
    first = [seats["x"][place] - shown["origin"]["x"] for place in range(4)]
    assert sum(first) / 4 == pytest.approx(shown["sections"][0]["x"], abs=0.1)
    front = seats["y"][0] - shown["origin"]["y"]
    assert front == pytest.approx(shown["sections"][0]["y"], abs=0.1)


async def test_a_price_that_is_null_is_none_yet(op: Visitor) -> None:
    grades = [{"name": "R", "price": None}, HALL["grades"][1]]
    assert await drawn(op, HALL | {"grades": grades}) == await drawn(op, HALL)


async def test_a_section_that_is_put_where_it_was_drawn_stays_there(op: Visitor) -> None:
    before = await drawn(op, HALL)
    at = before["sections"][0]
    fixed = dict(HALL["sections"][1]) | {"layout": {"x": at["x"], "y": at["y"]}}
    sections = [HALL["sections"][0], fixed, HALL["sections"][2]]
    after = await drawn(op, HALL | {"sections": sections})
    for axis in ("x", "y"):
        was, now = before["plan"]["seats"][axis], after["plan"]["seats"][axis]
        assert now == pytest.approx(was, abs=0.2)


async def test_blocks_are_drawn_by_their_places(op: Visitor) -> None:
    press = {"name": "press", "reason": "press", "rows": ["1F:A"], "performances": ["x-1"]}
    house = {"name": "house", "reason": "house", "seats": ["2F-A-3"]}
    shown = await drawn(op, HALL | {"blocks": [press, house]})
    numbers = shown["plan"]["seats"]["number"]
    assert [
        (each["name"], each["reason"], [numbers[place] for place in each["seats"]])
        for each in shown["blocks"]
    ] == [
        ("press", "press", ["1F-A-1", "1F-A-2", "1F-A-3", "1F-A-4"]),
        ("house", "house", ["2F-A-3"]),
    ]
    both = {"name": "other", "reason": "house", "seats": ["1F-A-1"]}
    answer = await op.post(PATH, {"document": HALL | {"blocks": [press, both]}})
    problem = problem_of(answer, 422, "invalid-request")
    assert problem["errors"][0]["field"] == "blocks[1]"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sections": []}, "sections"),
        ({"sections": [{"name": "1F"}]}, "sections[0].grade"),
        ({"grades": [{"name": "R"}, {"name": "R"}]}, "grades[1].name"),
        ({"grades": "R"}, "grades"),
        ({"grades": ["R"]}, "grades[0]"),
        ({"stage": {"x": 0}}, "stage.y"),
        ({"time_zone": "Nowhere"}, "time_zone"),
        ({"marks": [{"mark": "aisle", "seats": ["9"]}]}, "marks[0].seats[0]"),
    ],
)
async def test_a_wrong_field_is_named(op: Visitor, change: dict[str, Any], field: str) -> None:
    answer = await op.post(PATH, {"document": HALL | change})
    problem = problem_of(answer, 422, "invalid-request")
    assert [each["field"] for each in problem["errors"]] == [field]


async def test_it_is_compressed_for_those_who_can_read_that(op: Visitor) -> None:
    answer = await op.post(PATH, {"document": HALL})
    assert answer.headers["cache-control"] == "no-store"
    plain = await op.ask(
        "POST", PATH, json={"document": HALL}, headers={"Accept-Encoding": "identity"}
    )
    assert "content-encoding" not in plain.headers
    assert plain.json() == answer.json()


async def test_a_role_for_one_concert_draws_too_and_a_viewer_does_not(site: Site) -> None:
    await drawn(having(site, "operator:any"), HALL)
    answer = await having(site, "viewer").post(PATH, {"document": HALL})
    problem_of(answer, 403, "forbidden")
