"""A small opening against a server of its own: its fans buy, and its rows say what they met."""

import random
from array import array
from collections.abc import Sequence

import pytest

from bench import opening_walk
from bench.hot_path import prove
from bench.line_store import new_fans
from bench.open_loop import Heard, run_open
from bench.opening import NEAR, RATE_MAX, arrivals, search
from bench.opening_rows import Opened, call_rows, compared, late_row, no_row, top_row
from bench.opening_walk import CALLS, hall, pairs, visit
from bench.serving import serving
from yemae.accounts.access import Issuer

FANS = 12


async def test_every_fan_of_an_opening_buys_and_every_call_has_its_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("READ_S", "CHOOSE_S", "REVIEW_S"):
        monkeypatch.setattr(opening_walk, name, (0.0, 0.01))
    concert = hall(admitted_per_s=20)._replace(seats=40)
    with serving([concert], pinned=False) as bench:
        issuer = Issuer(bench.settings.stores.secret_key, 3_600)
        lot = random.Random(1)  # noqa: S311 - no secret
        fans = [
            (0.0, visit(concert.concert_id, f"Bearer {issuer.issue(user).text}", seats, lot))
            for user, seats in zip(new_fans(FANS), pairs(concert), strict=False)
        ]
        heard = await run_open(bench.port, fans, seconds=60.0, warm_up_s=0.0)
        await prove(bench)
    assert (heard.failure, heard.fans, heard.done) == ("", FANS, FANS)
    assert set(heard.latencies) == set(CALLS)
    assert len(heard.latencies["pay"]) == FANS
    rows = call_rows("half_1", Opened(20.0, 0.0, heard, 1.0, 1.0, 1.0))
    assert [row.name for row in rows] == ["half_1", *(f"half_1_{call}" for call in CALLS)]
    assert rows[0].answers == sum(row.answers or 0 for row in rows[1:])
    assert rows[0].server_us == round(1e6 / heard.answers, 1)


def opening_heard(latencies: list[float], late: Sequence[float] = (0.0,)) -> Heard:
    """What came back of joins."""
    return Heard(1.0, latencies={"join": array("d", latencies)}, late=array("d", late))


async def test_the_search_comes_near_the_highest_rate_that_holds() -> None:
    for most, steps in ((3.0, 7), (40.0, 4), (170.0, 6), (1_111.0, 8)):
        tried: list[float] = []

        async def holds(rate: float, most: float = most, tried: list[float] = tried) -> bool:
            tried.append(rate)
            return rate <= most

        found = await search(holds)
        assert NEAR * most <= found <= most
        assert len(tried) == steps, tried

    async def always(_rate: float) -> bool:
        return True

    async def never(_rate: float) -> bool:
        return False

    assert await search(always) == RATE_MAX
    assert await search(never) == 0.0


def test_fans_come_at_random_moments_of_the_whole_time_as_often_as_the_rate_says() -> None:
    lot = random.Random(1)  # noqa: S311 - no secret
    moments = list(arrivals(100.0, 60.0, lot))
    assert moments == sorted(moments)
    assert moments[-1] < 60.0
    assert 5_700 < len(moments) < 6_300


def test_dates_sell_in_turn_and_no_two_fans_want_one_seat() -> None:
    concert = hall(1.0)._replace(seats=6)
    wanted = list(pairs(concert))
    assert len({seat for date, seats in wanted for seat in ((date, n) for n in seats)}) == 24
    assert [date for date, _ in wanted[:4]] == concert.performance_ids


def test_more_processes_stand_beside_the_fewest_and_a_late_client_is_named() -> None:
    heard = opening_heard([0.01, 0.02], late=[0.5])
    rows = compared(
        [
            top_row(1, Opened(100.0, 5.0, heard, 0.0, 0.0, 0.0)),
            late_row(1, Opened(100.0, 5.0, heard, 0.0, 0.0, 0.0)),
            top_row(2, Opened(150.0, 5.0, heard, 0.0, 0.0, 0.0)),
            no_row(4),
        ]
    )
    assert [(row.name, row.beside, row.ratio) for row in rows] == [
        ("opening_1", "", None),
        ("late_1", "", None),
        ("opening_2", "opening_1", 1.5),
        ("opening_4", "", None),
    ]
    assert "the client is the limit" in rows[0].what
    assert "6,000 in the first minute" in rows[0].what
    assert rows[1].reached is False


def test_a_rate_holds_when_every_call_is_fast_enough() -> None:
    fast, slow = opening_heard([0.01] * 100), opening_heard([0.01] * 98 + [0.2] * 2)
    assert Opened(1.0, 0.0, fast, 0.0, 0.0, 0.0).holds
    assert not Opened(1.0, 0.0, slow, 0.0, 0.0, 0.0).holds
    fast.is_overrun = True
    assert not Opened(1.0, 0.0, fast, 0.0, 0.0, 0.0).holds
