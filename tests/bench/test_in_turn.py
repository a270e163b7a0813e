"""Before and after in one run: which rows are measured, in which order, and beside what."""

import asyncio

import pytest

from bench.in_turn import BeforeError, Side, in_turn, tree_of


async def sides(*rows: dict[str, str]) -> list[Side]:
    """Sides with these rows, whose process has nothing to say."""
    process = await asyncio.create_subprocess_exec("true", stdin=-1, stdout=-1)
    await process.wait()
    return [Side(process, each) for each in rows]


async def test_each_row_follows_its_own_of_the_earlier_commit() -> None:
    rows = {"livez": "the yardstick", "poll": "polls", "lua_join": "the script alone"}
    old, new = await sides(rows, rows | {"dates": "a row of today"})
    probes = in_turn(old, new, [])
    assert [(probe.name, probe.beside) for probe in probes] == [
        ("livez@before", ""),
        ("livez", "livez@before"),
        ("poll@before", ""),
        ("poll", "poll@before"),
    ]
    assert [probe.name for probe in in_turn(old, new, ["poll"])] == ["poll@before", "poll"]


async def test_a_row_that_one_side_does_not_have_is_refused() -> None:
    old, new = await sides({"poll": "polls"}, {"poll": "polls", "dates": "a row of today"})
    for unknown in ("dates", "polls"):
        with pytest.raises(ValueError, match=f"no such row: {unknown}"):
            in_turn(old, new, [unknown])


async def test_a_side_that_has_ended_is_an_error() -> None:
    (side,) = await sides({"poll": "polls"})
    with pytest.raises(BeforeError, match="has ended"):
        await side.measure("poll")


def test_a_commit_that_does_not_exist_is_an_error_of_one_line() -> None:
    with pytest.raises(BeforeError, match=r"^commit nowhere: .+$"):
        tree_of("nowhere")
