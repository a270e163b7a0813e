"""What a load says: what it changed, what an operator's value hides, what looks like a mistake."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from helpers.concerts import HALL, SMALL, TEXT, said
from helpers.sales import PRESALE, in_phases
from yemae.back_office import queue_control
from yemae.concerts.files.concert_file import parse
from yemae.concerts.files.load_report import listed, some
from yemae.concerts.files.writing import LoadResult, write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Runtime

LATER = datetime(2029, 5, 3, 11, tzinfo=UTC)


async def load(runtime: Runtime, text: str, **changes: object) -> LoadResult:
    wanted = msgspec.structs.replace(parse(text, "hall.toml"), **changes)
    async with runtime.postgres.transaction() as tx:
        return await write(
            tx, "hall.toml", wanted, PresaleCodes(runtime.settings.stores.secret_key)
        )


USUAL = TEXT.format(**SMALL | {"admit_per_minute": 60_000})


async def test_a_file_that_is_loaded_again_changes_nothing(runtime: Runtime) -> None:
    """Whatever order the database has for price types and for prices of grades."""
    more = """
[[price_types]]
id = "veteran"
name = "국가유공자"
prices = { VIP = 10, R = 20, "스탠딩" = 30 }

[[price_types]]
id = "child"
name = "어린이"
percent_off = 50
"""
    grades = "".join(f'[[grades]]\nname = "{name}"\nprice = 1000\n' for name in ("VIP", "스탠딩"))
    seats = "".join(
        f'[[sections]]\nname = "{name}"\ngrade = "{name}"\nrows = ["{row}:{row}01-{row}02"]\n'
        for name, row in (("VIP", 1), ("스탠딩", 2))
    )
    text = USUAL.replace("[[performances]]", f"{grades}{seats}{more}\n[[performances]]", 1)
    assert (await load(runtime, text)).changes
    assert (await load(runtime, text)).changes == []


async def test_a_load_says_what_it_changed_and_nothing_else(runtime: Runtime) -> None:
    assert (await load(runtime, USUAL)).changes == []
    text = (
        USUAL.replace('title = "Test"', 'title = "봄밤"')
        .replace("2026-01-01T00:00:00Z", "2026-02-01T09:00:00+09:00")
        .replace("active_limit = 100", "active_limit = 2000")
        .replace("2030-01-02T10:00:00Z", "2030-01-02T20:00:00+09:00")
        .replace("price = 50000", "price = 60000")
        .replace('"A:1-10"', '"A:2-12"')
    )
    assert said(await load(runtime, text)) == [
        "~ title: Test → 봄밤",
        "~ sale_opens_at: 2026-01-01 09:00 +09:00 → 2026-02-01 09:00 +09:00",
        "~ active_limit: 100 → 2,000",
        "~ date hall-2: starts_at: 2030-01-02 19:00 +09:00 → 2030-01-02 20:00 +09:00 "
        "(0 seats sold or held)",
        "- seats: 2 seats of hall-1, hall-2",
        "+ seats: 4 seats of hall-1, hall-2",
        "~ R 50,000 → 60,000: 18 seats of hall-1, hall-2, 0 sold at the old price",
    ]
    lane = '\n[[queue.lanes]]\nname = "fanclub"\nshare = 30\ncodes = ["FAN-2026"]\n\n[[grades]]'
    assert said(await load(runtime, text.replace("\n[[grades]]", lane))) == ["~ lanes"]


async def test_a_load_says_that_prices_of_a_date_price_types_and_the_fee_changed(
    runtime: Runtime,
) -> None:
    await load(runtime, USUAL)
    dearer = USUAL + "prices = { R = 60000 }\n"
    assert said(await load(runtime, dearer)) == [
        "~ R 50,000 → 60,000: 10 seats of hall-2, 0 sold at the old price"
    ]
    fee = dearer + "[booking_fee]\namount = 1000\n"
    assert said(await load(runtime, fee)) == ["~ booking fee: none → 1,000 per ticket"]
    child = '[[price_types]]\nid = "child"\nname = "어린이"\npercent_off = 50\n'
    assert said(await load(runtime, fee + child)) == ["+ price type child: 어린이, 50 % off"]
    assert (await load(runtime, fee + child)).changes == []
    less = fee + child.replace("50", "5")
    assert said(await load(runtime, less)) == ["~ price type child: 50 % off → 5 % off"]
    assert said(await load(runtime, fee)) == ["- price type child"]


async def test_a_load_says_that_a_plan_is_another_with_the_same_seats(runtime: Runtime) -> None:
    await load(runtime, USUAL)
    text = USUAL.replace('name = "Floor"', 'name = "Ground"')
    assert said(await load(runtime, text)) == ["~ plan of hall-1, hall-2: its layout or its names"]
    assert (await load(runtime, text)).changes == []


async def test_a_load_says_when_the_sale_of_a_date_ends_and_warns_when_it_has(
    runtime: Runtime,
) -> None:
    text = USUAL.replace("seat_limit = 4", "seat_limit = 4\nseat_limit_per_concert = 6")
    dates = USUAL[USUAL.index("[[performances]]") :]
    ended = dates.replace(
        "starts_at = 2030-01-01T10:00:00Z",
        "starts_at = 2030-01-01T10:00:00Z\nsale_ends_at = 2026-01-02T09:00:00Z",
    )
    result = await load(runtime, text.replace(dates, ended))
    assert said(result) == [
        "~ seat_limit_per_concert: none → 6",
        "~ date hall-1: sale_ends_at: none → 2026-01-02 09:00Z (0 seats sold or held)",
    ]
    assert result.warnings == ["the sale of performance hall-1 has ended (2026-01-02 09:00Z)"]


async def test_a_load_says_which_dates_it_drops_and_adds(runtime: Runtime) -> None:
    text = USUAL.replace('id = "hall-2"', 'id = "hall-3"').replace("2030-01-02", "2030-01-03")
    assert said(await load(runtime, text)) == [
        "- date hall-2 (0 orders)",
        "+ date hall-3: 2030-01-03 10:00Z, 10 seats",
    ]


async def test_a_load_says_what_an_operator_s_value_hides(runtime: Runtime) -> None:
    await queue_control.change(
        runtime, HALL, "op", {"active_limit": 5, "sale_opens_at": LATER, "proof_of_work": False}
    )
    assert (await load(runtime, USUAL)).warnings == [
        "sale_opens_at stays 2029-05-03 11:00Z, which an operator set; the file's "
        "2026-01-01 00:00Z comes with `yemae queue set hall sale_opens_at=`",
        "active_limit stays 5, which an operator set; the file's 100 comes with "
        "`yemae queue set hall active_limit=`",
    ]


async def test_a_load_says_what_an_operator_s_value_hides_of_a_sale(runtime: Runtime) -> None:
    hall = in_phases()
    async with runtime.postgres.transaction() as tx:
        codes = PresaleCodes(runtime.settings.stores.secret_key)
        await write(tx, "hall.toml", hall, codes)
    await runtime.catalogue.refresh()
    await queue_control.change(runtime, PRESALE, "op", {"active_limit": 5})
    async with runtime.postgres.transaction() as tx:
        result = await write(tx, "hall.toml", hall, codes)
    assert result.warnings == [
        f"sale {PRESALE}: active_limit stays 5, which an operator set; the file's 100 comes with "
        f"`yemae queue set {PRESALE} active_limit=`"
    ]


async def test_a_load_warns_when_every_sale_has_ended_and_not_of_what_is_archived(
    runtime: Runtime,
) -> None:
    ended = datetime(2026, 1, 2, tzinfo=UTC)
    said = "every sale has ended, so the concert is not listed and not sold"
    assert (await load(runtime, USUAL, sale_ends_at=ended)).warnings == [said]
    result = await load(runtime, USUAL, sale_ends_at=ended, archived=True)
    assert result.warnings == []
    sales = in_phases().sales
    assert (await load(runtime, USUAL, sale_ends_at=ended, sales=sales)).warnings == []


@pytest.mark.parametrize("begun", [1, 2])
async def test_a_load_warns_of_dates_that_have_begun(runtime: Runtime, begun: int) -> None:
    past = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    dates = tuple(
        msgspec.structs.replace(date, starts_at=past + timedelta(hours=number))
        if number < begun
        else date
        for number, date in enumerate(parse(USUAL, "hall.toml").performances)
    )
    warnings = (await load(runtime, USUAL, performances=dates)).warnings
    assert warnings == [
        f"performance hall-1 has begun ({past:%Y-%m-%d %H:%MZ}), so it is not sold"
        if begun == 1
        else "every performance has begun, so the concert is not listed and not sold"
    ]


def test_a_long_list_is_cut() -> None:
    assert some(["a", "b"], 2) == "a, b"
    assert some(["a", "b", "c", "d"], 2) == "a, b and 2 more"
    assert listed(["a", "b"], 2) == ["a", "b"]
    assert listed(["a", "b", "c", "d"], 2) == ["a", "b", "and 2 more"]
