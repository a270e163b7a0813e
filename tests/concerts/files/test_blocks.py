"""The blocks of a concert file: how they are read, and what a load and a second load do."""

from datetime import timedelta

import pytest

from helpers.blocks import block as block_by_hand
from helpers.blocks import blocked, unblock
from helpers.concerts import FIRST, HALL, SECOND, SMALL, TEXT, said
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.concerts.files.concert_file import ConcertFileError, parse
from yemae.concerts.files.writing import LoadResult, write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Runtime
from yemae.values.instants import instant

PRESS = """
[[blocks]]
name = "press"
reason = "press"
seats = ["1", "2"]
"""


def text(blocks: str = "", **values: object) -> str:
    """The usual file, with blocks."""
    return TEXT.format(**{**SMALL, "admit_per_minute": 60_000, **values}) + blocks


async def load(runtime: Runtime, blocks: str, **values: object) -> LoadResult:
    """Load the usual concert with these blocks."""
    codes = PresaleCodes(runtime.settings.stores.secret_key)
    concert = parse(text(blocks, **values), "hall.toml")
    async with runtime.postgres.transaction() as tx:
        result = await write(tx, "hall.toml", concert, codes)
    await runtime.catalogue.refresh()
    return result


# --- Reading ------------------------------------------------------------------------------------


def test_a_block_names_sections_rows_and_seats_in_plan_order() -> None:
    blocks = """
[[blocks]]
name = "row"
reason = "technical"
note = "Crane"
color = "#0a0a0a"
performances = ["hall-2"]
rows = ["Floor:A"]

[[blocks]]
name = "some"
reason = "house"
performances = ["hall-1"]
seats = ["7", "3"]

[[blocks]]
name = "section"
reason = "house"
performances = ["hall-1"]
sections = []
seats = ["1"]
"""
    row, some, one = parse(text(blocks), "hall.toml").blocks
    assert (row.reason, row.note, row.color) == ("technical", "Crane", "#0a0a0a")
    assert (row.performances, len(row.seats)) == (("hall-2",), 10)
    assert (some.seats, one.seats) == (("3", "7"), ("1",))


def test_a_file_without_blocks_has_none() -> None:
    assert parse(text(), "hall.toml").blocks == ()


WRONG = {
    "seats = []": "blocks[0]: expected sections, rows, seats or all, found none of them",
    'seats = ["77"]': "blocks[0].seats: expected seats of the plan, found '77'",
    'rows = ["A"]': "blocks[0].rows: expected rows of the plan, such as 1F:A, found 'A'",
    'sections = ["B"]': "blocks[0].sections: expected sections of the plan, found 'B'",
    'all = true\nperformances = ["x"]': (
        "blocks[0].performances[0]: expected one of the performances, found 'x'"
    ),
    'all = true\ncolor = "red"': (
        "blocks[0].color: expected a text of #rrggbb, such as #cc3366, found 'red'"
    ),
    "all = true\nreleases_at = 1999-01-01T00:00:00Z": (
        "blocks[0].releases_at: expected a year from 2000 to 2999, found 1999"
    ),
}


@pytest.mark.parametrize(("said", "sentence"), WRONG.items(), ids=WRONG)
def test_what_a_block_cannot_say_is_named_with_its_place(said: str, sentence: str) -> None:
    with pytest.raises(ConcertFileError) as refused:
        parse(text(f'[[blocks]]\nname = "a"\nreason = "house"\n{said}\n'), "hall.toml")
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ('name = "press"\nreason = "house"\nseats = ["9"]', "expected each name of a block once"),
        ('name = "b"\nreason = "house"\nrows = ["Floor:A"]', "seat '1' is in block 'press' too"),
        ('name = "b"\nreason = "friends"\nseats = ["9"]', "expected house, press, sponsor, tech"),
    ],
)
def test_two_blocks_share_neither_name_nor_seat(second: str, sentence: str) -> None:
    with pytest.raises(ConcertFileError) as refused:
        parse(text(f"{PRESS}\n[[blocks]]\n{second}\n"), "hall.toml")
    assert sentence in str(refused.value)


# --- Loading ------------------------------------------------------------------------------------


async def test_a_load_blocks_the_seats_of_new_and_of_present_dates(runtime: Runtime) -> None:
    result = await load(runtime, PRESS)
    assert said(result) == ["+ block press: 4 seats added"]
    assert await blocked(runtime, FIRST) == await blocked(runtime, SECOND) == {"press": ["1", "2"]}
    (line,) = await queue_control.actions(runtime, HALL, before=None, limit=10)
    assert (line.action, line.details) == ("load", {"block": "press", "added": 4, "removed": 0})
    other = await load(runtime, PRESS, concert_id="club")
    assert said(other)[:2] == ["+ concert club: Test", "+ block press: 4 seats added"]
    await assert_reconciled(runtime)


async def test_loading_again_changes_nothing_of_what_operators_did(runtime: Runtime) -> None:
    await load(runtime, PRESS)
    await unblock(runtime, "1")
    await block_by_hand(runtime, "5")
    assert (await load(runtime, PRESS)).changes == []
    assert await blocked(runtime) == {"press": ["2", "5"]}
    await unblock(runtime)
    assert (await load(runtime, PRESS)).changes == []
    assert await blocked(runtime) == {"press": []}


async def test_what_the_file_names_anew_is_blocked_and_what_it_names_no_more_is_released(
    runtime: Runtime,
) -> None:
    await load(runtime, PRESS)
    await unblock(runtime, "1")
    buyer = Fan(runtime, "fan")
    await buyer.hold("1")
    result = await load(runtime, PRESS.replace('"1", "2"', '"1", "3"'))
    assert said(result) == ["~ block press: 2 seats added, 2 seats removed"]
    assert await blocked(runtime) == {"press": ["3"]}
    result = await load(runtime, "")
    assert said(result) == ["- block press: not in the file any more"]
    assert await blocked(runtime) == {}
    await assert_reconciled(runtime)


async def test_a_block_left_out_of_the_file_keeps_the_seats_that_an_operator_added(
    runtime: Runtime,
) -> None:
    await load(runtime, PRESS)
    await block_by_hand(runtime, "5")
    await load(runtime, "")
    assert await blocked(runtime) == {"press": ["5"]}
    await unblock(runtime)
    assert await blocked(runtime) == {}


async def test_seats_move_from_one_block_of_the_file_to_another(runtime: Runtime) -> None:
    house = PRESS.replace('"press"', '"house"').replace('"1", "2"', '"3"')
    await load(runtime, PRESS + house)
    await load(runtime, (PRESS + house).replace('"1", "2"', '"1"').replace('"3"', '"2", "3"'))
    assert await blocked(runtime) == {"house": ["2", "3"], "press": ["1"]}


async def test_a_load_that_would_block_a_held_seat_is_refused_and_names_its_order(
    runtime: Runtime,
) -> None:
    order = await Fan(runtime, "fan").hold("2")
    with pytest.raises(ConcertFileError) as refused:
        await load(runtime, PRESS)
    assert f"2 of {FIRST} (held: order {order.id})" in str(refused.value)
    assert await blocked(runtime) == {}


async def test_a_release_time_of_the_file_is_that_of_every_seat_of_the_block(
    runtime: Runtime,
) -> None:
    await load(runtime, PRESS)
    await block_by_hand(runtime, "5")
    at = runtime.now().replace(microsecond=0) + timedelta(hours=1)
    timed = f"{PRESS}releases_at = {instant(at)}\n"
    assert said(await load(runtime, timed)) == ["~ block press: changed"]
    await assert_reconciled(runtime)
    travel(runtime, 3_601)
    assert await blocked(runtime) == {"press": []}
    result = await load(runtime, timed.replace('"1", "2"', '"1", "2", "3"'))
    assert result.warnings == ["block press takes no seats: its releases_at has passed"]
    assert await blocked(runtime) == {"press": []}
    assert (await Fan(runtime, "fan").hold("1", "2", "3", "5")).status == "held"


async def test_blocked_seats_can_be_taken_off_the_plan_and_more_are_added(
    runtime: Runtime,
) -> None:
    await load(runtime, PRESS.replace('"1", "2"', '"9", "10"'))
    await load(runtime, PRESS.replace('"1", "2"', '"8"'), seats=8)
    assert await blocked(runtime) == {"press": ["8"]}
    await load(runtime, PRESS.replace('"1", "2"', '"8", "12"'), seats=12)
    assert await blocked(runtime) == {"press": ["8", "12"]}
    await assert_reconciled(runtime)
