"""Orders and tickets say where their seats are, in the words of the concert file."""

import msgspec

from helpers.concerts import FIRST, SMALL, TEXT, concert
from helpers.http import Visitor, open_site
from yemae.concerts.files.concert_file import parse
from yemae.settings import Settings

# Numbers from which neither the row nor the seat can be read back.
HALL_OF_FLOORS = TEXT.replace('name = "Floor"\n', 'name = "가"\nfloor = "2층"\n').replace(
    'rows = ["A:1-{seats}"]', 'rows = ["1:9,7,12", "2:21-25"]'
)


async def words_of(fan: Visitor, *numbers: str) -> list[tuple[object, ...]]:
    order = (await fan.hold(*numbers)).json()
    return [
        (seat["number"], seat["floor"], seat["section"], seat["row"], seat["label"])
        for seat in order["seats"]
    ]


async def test_an_order_says_floor_section_row_and_seat_as_the_file_has_them(
    settings: Settings,
) -> None:
    async with open_site(settings, parse(HALL_OF_FLOORS.format(**SMALL), "hall.toml")) as site:
        (fan,) = await site.enter("fan")
        assert await words_of(fan, "12", "21") == [
            ("12", "2층", "가", "1", "12"),
            ("21", "2층", "가", "2", "21"),
        ]
        plan = (await fan.get(f"/v1/performances/{FIRST}/plan")).json()["seats"]
        assert plan["label"] == plan["number"] == ["9", "7", "12", "21", "22", "23", "24", "25"]


async def test_every_answer_with_an_order_says_it(settings: Settings) -> None:
    usual = concert()
    async with open_site(settings, msgspec.structs.replace(usual, title="봄밤")) as site:
        (fan,) = await site.enter("fan")
        await fan.top_up()
        order_id = await fan.held("3")
        paid = (await fan.pay(order_id)).json()["order"]
        shown = (await fan.get(f"/v1/orders/{order_id}")).json()
        (listed,) = (await fan.get("/v1/orders")).json()["orders"]
        where = {
            "floor": None,
            "section": "Floor",
            "row": "A",
            "label": "3",
            "floor_en": None,
            "section_en": None,
        }
        for order in (paid, shown, listed):
            assert (order["concert_title"], order["venue"]) == ("봄밤", "Hall")
            assert order["starts_at"] == "2030-01-01T10:00:00.000Z"
            priced = {"price": 50_000, "price_type": None, "grade": "R", "grade_en": None}
            assert order["seats"] == [{"number": "3", **priced, "marks": [], **where}]
        for order in (shown, listed):
            (ticket,) = order["tickets"]
            assert ticket == {"seat": "3", "code": ticket["code"], "price_type": None, **where}
