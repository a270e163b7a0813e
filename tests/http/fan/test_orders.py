"""Reserving seats, looking at orders, giving them back."""

from datetime import datetime
from uuid import UUID

import pytest

from helpers.concerts import FIRST, HALL, SECOND
from helpers.http import Site, Visitor, problem_of
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.orders.booking_number import booking_number

NOWHERE = "01990000-0000-7000-8000-000000000000"
# What the usual concert answers to one seat too many.
LIMIT = {"limit": 4, "per": "performance"}
WRONG: list[tuple[object, str]] = [
    ({"performance_id": FIRST}, "seats"),
    ({"seats": ["1"]}, "performance_id"),
    ({"performance_id": FIRST, "seats": []}, "seats"),
    ({"performance_id": FIRST, "seats": ["1", "1"]}, "seats"),
    ({"performance_id": FIRST, "seats": [str(n) for n in range(21)]}, "seats"),
    ({"performance_id": FIRST, "seats": [str(n) for n in range(101)]}, "seats"),
    ({"performance_id": FIRST, "seats": "1"}, "seats"),
    ({"performance_id": FIRST, "seats": {"1": True}}, "seats"),
    ({"performance_id": FIRST, "seats": None}, "seats"),
    ({"performance_id": FIRST, "seats": [1]}, "seats[0]"),
    ({"performance_id": FIRST, "seats": ["1", None]}, "seats[1]"),
    ({"performance_id": FIRST, "seats": [""]}, "seats[0]"),
    ({"performance_id": FIRST, "seats": ["1" * 81]}, "seats[0]"),
    ({"performance_id": FIRST, "seats": ["1", "2\x00"]}, "seats[1]"),
    ({"performance_id": FIRST, "seats": ["\t"]}, "seats[0]"),
    ({"performance_id": "", "seats": ["1"]}, "performance_id"),
    ({"performance_id": "p" * 64, "seats": ["1"]}, "performance_id"),
    ({"performance_id": 1, "seats": ["1"]}, "performance_id"),
    ({"performance_id": FIRST, "seats": ["1"], "price": 1}, "price"),
    ({"performance_id": FIRST, "seats": ["1"], "user_id": "other"}, "user_id"),
    ({"performance_id": FIRST, "seats": ["1"], "status": "paid"}, "status"),
    ([FIRST, "1"], "body"),
    ("1", "body"),
    (1, "body"),
]


def seat(number: str) -> dict[str, object]:
    """A seat of the hall, as an order shows it."""
    where = {
        "floor": None,
        "section": "Floor",
        "row": "A",
        "label": number,
        "floor_en": None,
        "section_en": None,
    }
    sold = {"number": number, "grade": "R", "price": 50_000, "price_type": None, "marks": []}
    return {**sold, "grade_en": None, **where}


async def test_a_hold_is_an_order_with_an_end(inside: Visitor) -> None:
    answer = await inside.hold("2", "1")
    assert answer.status_code == 201
    order = answer.json()
    assert order == {
        "id": order["id"],
        "booking_number": booking_number(UUID(order["id"])),
        "status": "held",
        "concert_id": HALL,
        "concert_title": "Test",
        "concert_title_en": None,
        "venue": "Hall",
        "venue_en": None,
        "performance_id": FIRST,
        "starts_at": "2030-01-01T10:00:00.000Z",
        "starts_at_local": "2030-01-01T10:00:00.000+00:00",
        "time_zone": None,
        "schedule": "as_planned",
        "refundable_until": None,
        "seats": [seat("2"), seat("1")],
        "booking_fee": 0,
        "total": 100_000,
        "currency": "KRW",
        "expires_at": order["expires_at"],
        "created_at": order["created_at"],
        "cancellation": None,
    }
    lasts = datetime.fromisoformat(order["expires_at"]) - datetime.fromisoformat(
        order["created_at"]
    )
    assert lasts.total_seconds() == 300
    assert order["expires_at"].endswith("Z")
    assert answer.headers["location"] == f"/v1/orders/{order['id']}"
    assert (await inside.get(answer.headers["location"])).json() == order


async def test_a_hold_keeps_its_fan_inside_until_it_ends(site: Site, inside: Visitor) -> None:
    travel(site.runtime, 590)
    await inside.held("1")
    travel(site.runtime, 295)
    assert (await inside.hold("2")).status_code == 201


async def test_taken_seats_are_named_and_nothing_is_held(site: Site) -> None:
    first, second = await site.enter("first", "second")
    await first.held("1", "2")
    before = await site.contents()
    for taken in (["1"], ["1", "2"]):
        extra = problem_of(await second.hold("3", *taken), 409, "seat-taken")
        assert extra == {"seats": taken}
    assert await site.contents() == before
    await second.held("3")
    await assert_reconciled(site.runtime)


async def test_the_same_seat_twice_is_taken_for_its_own_fan_too(inside: Visitor) -> None:
    await inside.held("1")
    assert problem_of(await inside.hold("1"), 409, "seat-taken") == {"seats": ["1"]}


async def test_held_and_paid_seats_count_against_the_limit(site: Site, inside: Visitor) -> None:
    await inside.top_up()
    await inside.pay(await inside.held("1", "2"))
    (inside,) = await site.enter("fan")
    await inside.held("3")
    before = await site.contents()
    assert problem_of(await inside.hold("4", "5"), 409, "seat-limit-exceeded") == LIMIT
    assert await site.contents() == before
    await inside.held("4")
    problem_of(await inside.hold("5"), 409, "seat-limit-exceeded")
    await inside.held("5", performance=SECOND)


async def test_seats_that_do_not_exist_are_named(site: Site, inside: Visitor) -> None:
    before = await site.contents()
    for unknown in ("11", "0", "A-1", "01", "예", "1 ", "1'; drop table seats; --"[:20]):
        extra = problem_of(await inside.hold("1", unknown), 404, "seat-not-found")
        assert extra == {"seats": [unknown]}
    assert await site.contents() == before


async def test_a_performance_that_does_not_exist_is_not_found(inside: Visitor) -> None:
    for id_ in ("nowhere", "hall-3", HALL, "HALL-1", "'", "예매", "\1"):
        answer = await inside.hold("1", performance=id_)
        assert problem_of(answer, 404, "performance-not-found") == {}


async def test_a_wrong_field_is_named_and_nothing_is_held(site: Site, inside: Visitor) -> None:
    before = await site.contents()
    for body, field in WRONG:
        answer = await inside.post("/v1/orders", body)
        (error,) = problem_of(answer, 422, "invalid-request")["errors"]
        assert error["field"] == field, body
        assert error["detail"]
    assert await site.contents() == before


async def test_a_released_order_frees_its_seats_at_once(site: Site) -> None:
    first, second = await site.enter("first", "second")
    held = (await first.hold("1", "2")).json()
    answer = await first.ask("DELETE", f"/v1/orders/{held['id']}")
    assert answer.status_code == 200
    assert answer.json() == held | {"status": "released"}
    assert (await first.get(f"/v1/orders/{held['id']}")).json()["status"] == "released"
    await second.held("1", "2")
    await assert_reconciled(site.runtime)


async def test_only_a_held_order_can_be_released(site: Site, inside: Visitor) -> None:
    await inside.top_up()
    released, expired = await inside.held("1"), await inside.held("2")
    await inside.ask("DELETE", f"/v1/orders/{released}")
    travel(site.runtime, 300)
    paid = await inside.held("3")
    assert (await inside.pay(paid)).status_code == 201
    before = await site.contents()
    for order_id, status in ((released, "released"), (expired, "expired"), (paid, "paid")):
        answer = await inside.ask("DELETE", f"/v1/orders/{order_id}")
        assert problem_of(answer, 409, "order-not-held") == {"order_status": status}
    assert await site.contents() == before


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_order_is_its_fan_s_alone(site: Site, method: str) -> None:
    first, second = await site.enter("first", "second")
    order_id = await first.held("1")
    before = await site.contents()
    for theirs in (order_id, NOWHERE, "1", "nonsense", "0" * 400, f"{order_id}0"):
        answer = await second.ask(method, f"/v1/orders/{theirs}")
        assert problem_of(answer, 404, "order-not-found") == {}
    assert await site.contents() == before
    assert (await second.get("/v1/orders")).json() == {"orders": [], "next_cursor": None}


async def test_orders_come_newest_first_in_pages_that_miss_none(
    site: Site, inside: Visitor
) -> None:
    for number in "12345":
        order_id = await inside.held(number)
        await inside.ask("DELETE", f"/v1/orders/{order_id}")
    (other,) = await site.enter("other")
    await other.held("1")
    everything = (await inside.get("/v1/orders")).json()
    assert [order["seats"][0]["number"] for order in everything["orders"]] == list("54321")
    assert everything["next_cursor"] is None
    seen, path = [], "/v1/orders?limit=2"
    for left in (2, 2, 1):
        page = (await inside.get(path)).json()
        assert len(page["orders"]) == left
        seen += page["orders"]
        path = f"/v1/orders?limit=2&cursor={page['next_cursor']}"
    assert seen == everything["orders"]
    assert page["next_cursor"] is None


async def test_an_order_reads_as_expired_from_the_instant_its_time_is_over(
    site: Site, inside: Visitor
) -> None:
    order_id = await inside.held("1")
    travel(site.runtime, 300)
    assert (await inside.get(f"/v1/orders/{order_id}")).json()["status"] == "expired"
    assert (await inside.get("/v1/orders")).json()["orders"][0]["status"] == "expired"


BEST = {"performance_id": "hall-1", "best_available": {"grade": "R", "count": 2}}


async def test_best_available_holds_adjacent_seats_in_one_call(inside: Visitor) -> None:
    answer = await inside.post("/v1/orders", BEST)
    assert answer.status_code == 201
    # The hall is one row of ten.
    assert [seat["number"] for seat in answer.json()["seats"]] == ["5", "6"]


async def test_a_repeat_of_best_available_gives_the_same_order(inside: Visitor) -> None:
    key = {"Idempotency-Key": "best"}
    first = await inside.post("/v1/orders", BEST, headers=key)
    again = await inside.post("/v1/orders", BEST, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    for other in (
        {"performance_id": "hall-1", "best_available": {"grade": "R", "count": 1}},
        {"performance_id": "hall-2", "best_available": {"grade": "R", "count": 2}},
        {"performance_id": "hall-1", "seats": ["1", "2"]},
    ):
        answer = await inside.post("/v1/orders", other, headers=key)
        assert problem_of(answer, 409, "idempotency-conflict") == {}


async def test_best_available_says_how_many_there_are_when_there_are_too_few(site: Site) -> None:
    one, other = await site.enter("one", "other")
    for seats in (("1", "2", "4", "5"),):
        await one.held(*seats)
    await other.held("7", "9", "10")
    answer = await site.visitor("third").post("/v1/orders", BEST)
    problem_of(answer, 403, "entry-token-missing")
    (third,) = await site.enter("third")
    answer = await third.post("/v1/orders", BEST)
    assert problem_of(answer, 409, "seats-unavailable") == {"grade": "R", "count": 2, "largest": 1}
    # What a fan may have comes before what there is.
    five = {"performance_id": "hall-1", "best_available": {"grade": "R", "count": 5}}
    assert problem_of(await third.post("/v1/orders", five), 409, "seat-limit-exceeded") == LIMIT


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({}, "seats"),
        ({"seats": ["1"], "best_available": {"grade": "R", "count": 1}}, "best_available"),
        ({"best_available": {"grade": "VIP", "count": 1}}, "best_available.grade"),
        ({"best_available": {"grade": "R", "count": 0}}, "best_available.count"),
        ({"best_available": {"grade": "R", "count": 21}}, "best_available.count"),
        ({"best_available": {"grade": "R"}}, "best_available.count"),
        ({"best_available": {"grade": "R", "count": 1, "row": "A"}}, "best_available.row"),
        ({"best_available": None}, "best_available"),
    ],
)
async def test_a_wrong_wish_for_the_best_is_refused(
    inside: Visitor, wanted: dict[str, object], field: str
) -> None:
    answer = await inside.post("/v1/orders", {"performance_id": "hall-1", **wanted})
    (error,) = problem_of(answer, 422, "invalid-request")["errors"]
    assert error["field"] == field
