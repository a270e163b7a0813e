"""Moments as text: always three decimals, never later than they are."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from yemae.values.instants import (
    clock,
    instant,
    instant_or_none,
    local_time,
    on_clocks,
    plain,
    wall_clock,
)

SEOUL = timezone(timedelta(hours=9))
CURTAIN = datetime(2030, 5, 3, 20, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("microseconds", "decimals"),
    [(0, "000"), (1, "000"), (999, "000"), (1_000, "001"), (123_456, "123"), (999_999, "999")],
)
def test_an_instant_has_three_decimals_and_is_never_late(microseconds: int, decimals: str) -> None:
    moment = CURTAIN.replace(microsecond=microseconds)
    assert instant(moment) == f"2030-05-03T11:00:00.{decimals}Z"
    assert local_time(moment, SEOUL) == f"2030-05-03T20:00:00.{decimals}+09:00"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "2030-05-03T11:00:00.000+00:00"),
        (-210, "2030-05-03T07:30:00.000-03:30"),
        (845, "2030-05-04T01:05:00.000+14:05"),
    ],
)
def test_a_local_time_names_its_offset(minutes: int, text: str) -> None:
    assert local_time(CURTAIN, timezone(timedelta(minutes=minutes))) == text


def test_a_local_time_has_the_offset_of_its_own_day() -> None:
    zone = ZoneInfo("America/New_York")
    assert local_time(CURTAIN, zone) == "2030-05-03T07:00:00.000-04:00"
    winter = datetime(2030, 1, 3, 20, tzinfo=SEOUL)
    assert local_time(winter, zone) == "2030-01-03T06:00:00.000-05:00"


def test_what_is_not_known_is_not_guessed() -> None:
    assert local_time(CURTAIN, None) is None
    assert local_time(None, SEOUL) is None
    assert instant_or_none(None) is None
    assert on_clocks(CURTAIN, None).tzinfo is UTC


def test_people_read_the_clock_with_its_offset() -> None:
    assert clock(CURTAIN) == "2030-05-03 20:00 +09:00"
    assert clock(CURTAIN.astimezone(timezone(timedelta(minutes=-210)))) == "2030-05-03 07:30 -03:30"
    assert clock(CURTAIN.astimezone(ZoneInfo("America/New_York"))) == "2030-05-03 07:00 -04:00"
    assert clock(CURTAIN.astimezone(UTC)) == "2030-05-03 11:00Z"


def test_in_the_hour_that_clocks_show_twice_the_zone_is_named() -> None:
    zone, first = ZoneInfo("America/New_York"), datetime(2030, 11, 3, 5, 30, tzinfo=UTC)
    shown = [wall_clock((first + timedelta(hours=hour)).astimezone(zone)) for hour in (-1, 0, 1, 2)]
    assert shown == [
        "2030-11-03 00:30",
        "2030-11-03 01:30 EDT",
        "2030-11-03 01:30 EST",
        "2030-11-03 02:30",
    ]
    assert wall_clock(first.astimezone(zone), "seconds") == "2030-11-03 01:30:00 EDT"
    assert wall_clock(CURTAIN) == "2030-05-03 20:00"


def test_every_time_inside_a_value_is_written_alike() -> None:
    assert plain({"a": [CURTAIN, ("x", {"b": CURTAIN})], "n": 1, "t": None}) == {
        "a": ["2030-05-03T11:00:00.000Z", ["x", {"b": "2030-05-03T11:00:00.000Z"}]],
        "n": 1,
        "t": None,
    }
