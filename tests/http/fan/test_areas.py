"""Tickets of areas without seats over HTTP: the plan, what is left, the hold, the ticket."""

import base64
import unicodedata
from typing import Any

import pytest

from helpers.areas import PIT, STANDING, STANDING_PRICE, standing_hall
from helpers.concerts import FIRST
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.reconcile import assert_reconciled
from yemae.settings import Settings


@pytest.fixture
async def site(settings: Settings) -> Any:
    """Seats 1 to 4, an area of six and one of three."""
    async with open_site(settings, standing_hall()) as opened:
        yield opened


async def held(fan: Visitor, *seats: str, key: str | None = None, **areas: int) -> Any:
    """The answer to a hold."""
    names = {"standing": STANDING, "pit": PIT}
    body: dict[str, object] = {"performance_id": FIRST}
    if seats:
        body["seats"] = list(seats)
    if areas:
        body["areas"] = [{"area": names[area], "count": many} for area, many in areas.items()]
    headers = {} if key is None else {"Idempotency-Key": key}
    return await fan.post("/v1/orders", body, headers=headers)


def spot(area: str, before: str, entry: int) -> dict[str, object]:
    """A ticket of an area, as an order shows it."""
    where = {"floor": None, "section": area, "row": None, "label": str(entry)}
    return {"number": f"{before}{entry}", "grade": "ST", "price": STANDING_PRICE, **where}


async def test_the_plan_has_each_area_as_one_shape(inside: Visitor) -> None:
    plan = (await inside.get(f"/v1/performances/{FIRST}/plan")).json()
    assert plan["seats"]["number"] == ["1", "2", "3", "4"]
    standing, pit = plan["areas"]
    assert (standing["name"], standing["first_seat"], standing["seats"]) == (STANDING, 4, 6)
    assert (pit["name"], pit["first_seat"], pit["seats"]) == (PIT, 10, 3)
    assert pit["entry_numbers"] == {"before": "PIT-", "after": "", "first": 1, "last": 3}
    assert len(standing["outline"]) == 4


async def test_a_hold_by_count_gives_the_lowest_entry_numbers(site: Site, inside: Visitor) -> None:
    answer = await held(inside, "2", standing=2, pit=1)
    assert answer.status_code == 201
    order = answer.json()
    wanted = [
        spot(STANDING, "스탠딩A-", 1),
        spot(STANDING, "스탠딩A-", 2),
        spot(PIT, "PIT-", 1),
    ]
    shown = [{name: seat[name] for name in wanted[0]} for seat in order["seats"][1:]]
    assert shown == wanted
    assert order["total"] == 50_000 + 3 * STANDING_PRICE
    await assert_reconciled(site.runtime)


async def test_a_paid_ticket_has_its_entry_number_and_opens_the_door(
    site: Site, inside: Visitor
) -> None:
    await inside.top_up()
    order_id = (await held(inside, pit=2)).json()["id"]
    await inside.pay(order_id)
    tickets = (await inside.get(f"/v1/orders/{order_id}")).json()["tickets"]
    assert [(ticket["seat"], ticket["section"], ticket["label"]) for ticket in tickets] == [
        ("PIT-1", PIT, "1"),
        ("PIT-2", PIT, "2"),
    ]
    assert len({ticket["code"] for ticket in tickets}) == 2
    await assert_reconciled(site.runtime)


async def test_lists_count_what_is_left_and_list_no_spot(site: Site, inside: Visitor) -> None:
    path = f"/v1/performances/{FIRST}/seats"
    await held(inside, "1", standing=2, pit=1)
    left = [
        {"name": STANDING, "grade": "ST", "price": STANDING_PRICE, "left": 4},
        {"name": PIT, "grade": "ST", "price": STANDING_PRICE, "left": 2},
    ]
    read = (await inside.get(path)).json()
    assert [seat["number"] for seat in read["seats"]] == ["2", "3", "4"]
    assert read["areas"] == left
    # The same from memory, and compressed.
    await site.runtime.availability.watch(site.runtime.catalogue.performance(FIRST))
    watched = await inside.get(path, headers={"Accept-Encoding": "gzip"})
    assert watched.json()["areas"] == left
    assert [seat["number"] for seat in watched.json()["seats"]] == ["2", "3", "4"]
    dates = (await inside.get("/v1/concerts/hall/performances")).json()["performances"]
    assert (dates[0]["seats_total"], dates[0]["seats_left"]) == (13, 9)


async def test_the_bitmap_has_the_spots_after_the_seats(inside: Visitor) -> None:
    await held(inside, "1", standing=2, pit=1)
    taken = (await inside.get(f"/v1/performances/{FIRST}/availability")).json()["taken"]
    bits = int.from_bytes(base64.b64decode(taken), "little")
    assert [place for place in range(13) if bits >> place & 1] == [0, 4, 5, 10]


async def test_an_area_with_too_few_left_is_named_with_what_there_is(inside: Visitor) -> None:
    answer = await held(inside, pit=4)
    problem = problem_of(answer, 409, "area-full")
    assert (problem["area"], problem["count"], problem["left"]) == (PIT, 4, 3)
    assert (await held(inside, "1")).status_code == 201


async def test_a_repeat_is_answered_with_the_same_entry_numbers(inside: Visitor) -> None:
    first, again = [await held(inside, standing=2, key="k") for _ in range(2)]
    assert first.json() == again.json()
    problem_of(await held(inside, standing=1, key="k"), 409, "idempotency-conflict")


async def test_a_spot_cannot_be_held_by_its_number(inside: Visitor) -> None:
    problem = problem_of(await held(inside, "1", "PIT-1"), 404, "seat-not-found")
    assert problem["seats"] == ["PIT-1"]


async def test_the_best_seats_are_none_of_an_area(inside: Visitor) -> None:
    wish = {"performance_id": FIRST, "best_available": {"grade": "ST", "count": 1}}
    problem = problem_of(await inside.post("/v1/orders", wish), 409, "seats-unavailable")
    assert problem["largest"] == 0


@pytest.mark.parametrize(
    ("areas", "field"),
    [
        ([], "areas"),
        ([{"area": PIT}], "areas[0].count"),
        ([{"area": PIT, "count": 0}], "areas[0].count"),
        ([{"area": PIT, "count": 101}], "areas[0].count"),
        ([{"area": "", "count": 1}], "areas[0].area"),
        ([{"area": "nowhere", "count": 1}], "areas[0].area"),
        ([{"area": PIT, "count": 1}, {"area": PIT, "count": 1}], "areas[1].area"),
        ([{"area": PIT, "count": 1, "price": 1}], "areas[0].price"),
        ([{"area": STANDING, "count": 11}, {"area": PIT, "count": 10}], "areas"),
    ],
)
async def test_what_is_asked_wrongly_is_refused_with_its_field(
    inside: Visitor, areas: list[object], field: str
) -> None:
    answer = await inside.post("/v1/orders", {"performance_id": FIRST, "areas": areas})
    problem = problem_of(answer, 422, "invalid-request")
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_areas_are_not_asked_for_together_with_the_best(inside: Visitor) -> None:
    wish = {
        "performance_id": FIRST,
        "areas": [{"area": PIT, "count": 1}],
        "best_available": {"grade": "R", "count": 1},
    }
    problem = problem_of(await inside.post("/v1/orders", wish), 422, "invalid-request")
    assert [error["field"] for error in problem["errors"]] == ["best_available"]


async def test_a_name_is_found_in_whatever_form_a_browser_writes_it(inside: Visitor) -> None:
    decomposed = unicodedata.normalize("NFD", STANDING)
    assert decomposed != STANDING
    wish = {"performance_id": FIRST, "areas": [{"area": decomposed, "count": 1}]}
    assert (await inside.post("/v1/orders", wish)).status_code == 201
