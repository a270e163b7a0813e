"""`[[sales]]` of a concert file: what it may say, and what a load makes of it."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from helpers.concert_files import changed, refusal
from helpers.concerts import HALL, concert, said
from helpers.sales import CODE, LATE, PRESALE, in_phases
from helpers.time_travel import travel
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert
from yemae.concerts.files.writing import LoadResult, write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Runtime

SALE = """
[[sales]]
id = "one-presale"
name = "Presale"
opens_at = 2025-12-28T20:00:00+09:00
ends_at = 2025-12-29T20:00:00+09:00
codes = ["STAR-1"]
"""


async def load(runtime: Runtime, wanted: FileConcert) -> LoadResult:
    async with runtime.postgres.transaction() as tx:
        codes = PresaleCodes(runtime.settings.stores.secret_key)
        result = await write(tx, "hall.toml", wanted, codes)
    await runtime.catalogue.refresh()
    return result


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"one-presale"', '"one"', "sales[0].id: expected each id of a sale once, found 'one' again, first at the concert."),  # noqa: E501
        ('"one-presale"', '"general"', "sales[0].id: expected each id of a sale once, found 'general' again, first at the general sale."),  # noqa: E501
        ("2025-12-29T20", "2025-12-28T20", "sales[0].ends_at: expected a time after opens_at, found 2025-12-28 20:00:00+09:00."),  # noqa: E501
        ('codes = ["STAR-1"]', 'codes = ["STAR-1", "STAR-1"]', "sales[0].codes[1]: expected each code once, found 'STAR-1' again, first at sales[0].codes[0]."),  # noqa: E501
        ("ends_at", "prequeue_opens_at", "sales[0].prequeue_opens_at: expected a time before opens_at, by 30 days at most, found 2025-12-29 20:00:00+09:00."),  # noqa: E501
        ("codes", "allotment = 5\nallotment_percent = 5\ncodes", "sales[0].allotment_percent: expected either this or allotment, found both."),  # noqa: E501
        ("codes", "allotment_percent = 0\ncodes", "sales[0].allotment_percent: expected an integer of at least 1, found 0."),  # noqa: E501
        ("codes", "allotment_percent = 1\ncodes", "sales[0].allotment_percent: expected at least one of the 7 seats, found 1."),  # noqa: E501
        ('codes = ["STAR-1"]', 'codes = ["STAR-1"]\n[[sales.lanes]]\nname = "gold"\nshare = 30\ncodes = ["STAR-1"]', "sales[0].lanes[0].codes[0]: expected each code once, found 'STAR-1' again, first at sales[0].codes[0]."),  # noqa: E501
        ('codes = ["STAR-1"]', '[[sales.lanes]]\nname = "gold"\nshare = 30', "sales[0].lanes[0]: expected codes or a group, found neither."),  # noqa: E501
        ("codes", "colour = 1\ncodes", "sales[0].colour: this is not a field of the format."),
    ],
)  # fmt: skip
def test_a_wrong_sale_is_refused(old: str, new: str, message: str) -> None:
    text = changed("[[performances]]", SALE.replace(old, new, 1) + "\n[[performances]]")
    assert refusal(text).endswith(message)


def test_a_date_is_sold_in_sales_that_there_are_and_a_sale_has_a_date() -> None:
    text = changed("[[performances]]", SALE + "\n[[performances]]")
    unknown = text.replace('id = "one-1"', 'id = "one-1"\nsales = ["other"]')
    assert "performances[0].sales[0]: expected general or the id of a sale" in refusal(unknown)
    for number in (1, 2):
        text = text.replace(f'id = "one-{number}"', f'id = "one-{number}"\nsales = ["general"]')
    assert refusal(text).endswith("sales[0].id: expected a sale of at least one performance.")


def test_the_general_sale_ends_after_its_opening() -> None:
    text = changed("seat_limit = 4", "seat_limit = 4\nsale_ends_at = 2026-01-01T02:00:00Z")
    assert "sale_ends_at: expected a time after sale_opens_at" in refusal(text)


async def test_a_load_says_what_is_different_of_the_phases_and_ends_those_that_are_gone(
    runtime: Runtime,
) -> None:
    hall = in_phases()
    result = await load(runtime, hall)
    opens_at = f"{hall.sales[0].opens_at:%Y-%m-%d %H:%MZ}"
    assert f"+ sale {PRESALE}: 팬클럽 선예매, opens {opens_at}" in said(result)
    sold = f"~ date hall-1: sales: all → {HALL}, {PRESALE} (0 seats sold or held)"
    assert sold in said(result)
    assert (await load(runtime, hall)).changes == []
    presale, late = hall.sales
    other = msgspec.structs.replace(presale, codes=(), seat_limit=3, name_en="Members", allotment=7)
    assert said(await load(runtime, msgspec.structs.replace(hall, sales=(other, late)))) == [
        f"~ sale {PRESALE}: seat_limit: 2 → 3",
        f"~ sale {PRESALE}: name_en: Fan club presale → Members",
        f"~ sale {PRESALE}: allotment: none → 7",
        f"~ sale {PRESALE}: codes",
    ]
    renamed = msgspec.structs.replace(hall, sales=(other, late), title="Other")
    assert said(await load(runtime, renamed)) == ["~ title: Test → Other"]
    dates = tuple(msgspec.structs.replace(date, sales=None) for date in hall.performances)
    without = msgspec.structs.replace(hall, sales=(late,), performances=dates)
    gone = said(await load(runtime, without))
    assert f"- sale {PRESALE}: not in the file any more, so it ends" in gone
    assert (await load(runtime, without)).changes == []
    travel(runtime, 1)
    assert runtime.catalogue.queue(PRESALE).is_over(runtime.now())
    assert not runtime.catalogue.queue(LATE).is_over(runtime.now())
    assert (await load(runtime, hall)).changes, "a phase that comes back is sold again"
    assert not runtime.catalogue.queue(PRESALE).is_over(runtime.now())


async def test_a_file_without_phases_is_one_queue_under_the_concert_s_id(runtime: Runtime) -> None:
    assert list(runtime.catalogue.queues) == [HALL]
    hall = runtime.catalogue.queue(HALL)
    assert (hall.phases, hall.dates, hall.phase_of) == ((), None, None)
    assert hall is runtime.catalogue.concert(HALL)


async def test_the_catalogue_has_each_phase_with_the_concert_s_words_and_its_own_rules(
    runtime: Runtime,
) -> None:
    await load(runtime, in_phases())
    presale, late = runtime.catalogue.queue(PRESALE), runtime.catalogue.queue(LATE)
    general = runtime.catalogue.concert(HALL)
    assert (presale.title, presale.concert_id, presale.seat_limit) == (general.title, HALL, 2)
    assert [date.id for date in late.sold()] == ["hall-3"]
    assert [date.id for date in general.sold()] == ["hall-1", "hall-2"]
    assert len(general.performances) == 3
    assert CODE not in repr(presale.phase)
    assert list(runtime.catalogue.concerts) == [HALL]


async def test_an_id_of_another_concert_is_refused_for_a_sale_and_the_other_way_round(
    runtime: Runtime,
) -> None:
    await load(runtime, concert(concert_id="other"))
    hall = in_phases()
    stolen = msgspec.structs.replace(hall.sales[0], id="other")
    with pytest.raises(ConcertFileError, match="other belongs to concert other already"):
        await load(runtime, msgspec.structs.replace(hall, sales=(stolen, hall.sales[1])))
    await load(runtime, hall)
    with pytest.raises(ConcertFileError, match=f"{PRESALE} is a sale of concert {HALL} already"):
        await load(runtime, concert(concert_id=PRESALE))


async def test_the_general_sale_can_end_by_itself(runtime: Runtime) -> None:
    ends_at = datetime.now(UTC) + timedelta(hours=1)
    result = await load(runtime, msgspec.structs.replace(concert(), sale_ends_at=ends_at))
    assert said(result) == [f"~ sale_ends_at: none → {ends_at:%Y-%m-%d %H:%MZ}"]
    assert not runtime.catalogue.concert(HALL).is_over(runtime.now())
    travel(runtime, 3_601)
    assert runtime.catalogue.concert(HALL).is_over(runtime.now())
