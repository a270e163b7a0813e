"""What a load says: what it changed, what an operator's value hides, what looks like a mistake."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from helpers.concerts import HALL, SMALL, TEXT
from yemae.back_office import queue_control
from yemae.concerts.files.concert_file import parse
from yemae.concerts.files.load_report import some
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
    assert (await load(runtime, text)).changes == [
        "title: Test → 봄밤",
        "sale_opens_at: 2026-01-01 09:00 +09:00 → 2026-02-01 09:00 +09:00",
        "active_limit: 100 → 2,000",
        "performance hall-2: starts_at: 2030-01-02 19:00 +09:00 → 2030-01-02 20:00 +09:00",
        "performance hall-1: seats: 2 added, 1 removed, 9 with another price",
        "performance hall-2: seats: 2 added, 1 removed, 9 with another price",
    ]
    lane = '\n[[queue.lanes]]\nname = "fanclub"\nshare = 30\ncodes = ["FAN-2026"]\n\n[[grades]]'
    assert (await load(runtime, text.replace("\n[[grades]]", lane))).changes == ["lanes changed"]


async def test_a_load_says_that_prices_of_a_date_price_types_and_the_fee_changed(
    runtime: Runtime,
) -> None:
    await load(runtime, USUAL)
    dearer = USUAL + "prices = { R = 60000 }\n"
    assert (await load(runtime, dearer)).changes == [
        "performance hall-2: seats: 10 with another price"
    ]
    fee = dearer + "[booking_fee]\namount = 1000\n"
    assert (await load(runtime, fee)).changes == ["price types or the booking fee changed"]
    child = '[[price_types]]\nid = "child"\nname = "어린이"\npercent_off = 50\n'
    assert (await load(runtime, fee + child)).changes == ["price types or the booking fee changed"]
    assert (await load(runtime, fee + child)).changes == []


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
    assert result.changes == [
        "seat_limit_per_concert: none → 6",
        "performance hall-1: sale_ends_at: none → 2026-01-02 09:00Z",
    ]
    assert result.warnings == ["the sale of performance hall-1 has ended (2026-01-02 09:00Z)"]


async def test_a_load_says_which_dates_it_drops_and_adds(runtime: Runtime) -> None:
    text = USUAL.replace('id = "hall-2"', 'id = "hall-3"').replace("2030-01-02", "2030-01-03")
    assert (await load(runtime, text)).changes == [
        "performance hall-2 dropped",
        "performance hall-3 added",
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
