"""Price types and the booking fee, from the file to the door."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from helpers.concerts import FIRST, SECOND, SMALL, TEXT, load_concert
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.concerts.files.concert_file import FileConcert, parse
from yemae.door.check import ValidTicket, look_up
from yemae.orders.order import SoldAs
from yemae.orders.ticket_code import Ticket
from yemae.settings import Settings

PRICES = """
[booking_fee]
amount = 1000

[[price_types]]
id = "child"
name = "어린이"
name_en = "Child"
prices = { R = 20000 }
proof = "생년월일이 적힌 신분증"
proof_en = "ID with date of birth"

[[price_types]]
id = "veteran"
name = "국가유공자"
percent_off = 50
"""
CHILD = {
    "id": "child",
    "name": "어린이",
    "name_en": "Child",
    "proof": "생년월일이 적힌 신분증",
    "proof_en": "ID with date of birth",
}


def hall(prices: str = PRICES) -> FileConcert:
    """The usual hall; its second date costs more."""
    text = TEXT.format(**SMALL) + "prices = { R = 60000 }\n" + prices
    return parse(text, "hall.toml")


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(settings, hall()) as opened:
        yield opened


async def hold(
    fan: Visitor, seats: list[str], types: object, performance: str = FIRST, **more: object
) -> tuple[int, dict[str, object]]:
    body = {"performance_id": performance, "seats": seats, "price_types": types, **more}
    answer = await fan.post("/v1/orders", {k: v for k, v in body.items() if v is not None})
    return answer.status_code, answer.json()


async def test_what_is_bought_is_on_order_payment_ticket_and_at_the_door(
    site: Site, inside: Visitor
) -> None:
    await inside.top_up()
    status, order = await hold(inside, ["1", "2"], ["child", None])
    assert status == 201
    seats = order["seats"]
    assert isinstance(seats, list)
    assert [(seat["price"], seat["price_type"]) for seat in seats] == [
        (20_000, CHILD),
        (50_000, None),
    ]
    assert (order["booking_fee"], order["total"]) == (2_000, 72_000)
    paid = await inside.pay(str(order["id"]))
    assert (paid.status_code, paid.json()["amount"]) == (201, 72_000)
    shown = (await inside.get(f"/v1/orders/{order['id']}")).json()
    assert [ticket["price_type"] for ticket in shown["tickets"]] == [CHILD, None]
    verdicts = [
        await look_up(
            site.runtime.postgres,
            site.runtime.catalogue,
            Ticket(UUID(str(order["id"])), FIRST, seat),
        )
        for seat in ("1", "2")
    ]
    assert all(isinstance(verdict, ValidTicket) for verdict in verdicts)
    sold_as = [verdict.price_type for verdict in verdicts if isinstance(verdict, ValidTicket)]
    assert sold_as == [SoldAs(**CHILD), None]
    await assert_reconciled(site.runtime)


async def test_an_order_keeps_what_was_bought_when_the_file_changes(
    site: Site, settings: Settings, inside: Visitor
) -> None:
    _, order = await hold(inside, ["1"], ["child"])
    await load_concert(settings, hall(""))
    await site.runtime.catalogue.refresh()
    assert (await inside.get(f"/v1/orders/{order['id']}")).json() == order
    problem = await inside.post(
        "/v1/orders", {"performance_id": FIRST, "seats": ["2"], "price_types": ["child"]}
    )
    extra = problem_of(problem, 409, "price-type-unavailable")
    assert extra == {"price_types": ["child"]}
    await inside.top_up()
    assert (await inside.pay(str(order["id"]))).json()["amount"] == 21_000
    await assert_reconciled(site.runtime)


async def test_a_date_has_its_own_price_and_a_discount_follows_it(inside: Visitor) -> None:
    for performance, price in ((FIRST, 25_000), (SECOND, 30_000)):
        _, order = await hold(inside, ["3"], ["veteran"], performance)
        assert order["total"] == price + 1_000
    concert = (await inside.get("/v1/concerts/hall")).json()
    assert [date["price_from"] for date in concert["dates"]] == [50_000, 60_000]
    assert concert["booking_fee"] == {"amount": 1_000, "per": "ticket"}


async def test_the_plan_of_a_date_has_its_prices_and_types(site: Site) -> None:
    found = {}
    for performance in (FIRST, SECOND):
        plan = (await site.get(f"/v1/performances/{performance}/plan")).json()
        (grade,) = plan["grades"]
        found[performance] = grade["price"], [each["price"] for each in grade["types"]]
    assert found == {FIRST: (50_000, [20_000, 25_000]), SECOND: (60_000, [20_000, 30_000])}


async def test_prices_are_said_before_the_queue(site: Site) -> None:
    dates = (await site.get("/v1/concerts/hall/grades")).json()["dates"]
    found = [
        (grade["price"], [(each["id"], each["price"]) for each in grade["types"]])
        for date in dates
        for grade in date["grades"]
    ]
    assert found == [
        (50_000, [("child", 20_000), ("veteran", 25_000)]),
        (60_000, [("child", 20_000), ("veteran", 30_000)]),
    ]


async def test_the_best_available_seats_take_the_types_in_order(inside: Visitor) -> None:
    best = {"grade": "R", "count": 2}
    body = {
        "performance_id": FIRST,
        "best_available": best,
        "price_types": [None, "veteran"],
    }
    answer = await inside.post("/v1/orders", body)
    assert [seat["price"] for seat in answer.json()["seats"]] == [50_000, 25_000]


@pytest.mark.parametrize(
    ("types", "field"),
    [
        (["child"], "price_types"),
        (["child", None, None], "price_types"),
        (["Child", None], "price_types[0]"),
        ([1, None], "price_types[0]"),
        ("child", "price_types"),
    ],
)
async def test_each_seat_has_one_type(inside: Visitor, types: object, field: str) -> None:
    problem = await inside.post(
        "/v1/orders", {"performance_id": FIRST, "seats": ["1", "2"], "price_types": types}
    )
    (error,) = problem_of(problem, 422, "invalid-request")["errors"]
    assert error["field"] == field


async def test_full_prices_are_the_same_whether_they_are_said_or_not(inside: Visitor) -> None:
    headers = {"Idempotency-Key": "same"}
    said = {"performance_id": FIRST, "seats": ["1"], "price_types": [None]}
    first = await inside.post("/v1/orders", said, headers=headers)
    again = await inside.hold("1", key="same")
    said_again = await inside.post("/v1/orders", said, headers=headers)
    assert first.status_code == 201
    assert again.json() == said_again.json() == first.json()


async def test_an_early_bird_is_refused_from_its_end_on(
    site: Site, settings: Settings, inside: Visitor
) -> None:
    now = site.runtime.now()
    until = now.replace(microsecond=0).isoformat()
    early = f'\n[[price_types]]\nid = "early"\nname = "조기"\npercent_off = 10\nuntil = {until}\n'
    await load_concert(settings, hall(early))
    await site.runtime.catalogue.refresh()
    travel(site.runtime, 1)
    status, problem = await hold(inside, ["1"], ["early"])
    assert (status, problem["type"]) == (409, "/problems/price-type-unavailable")
