"""Clocks of places: what a name means, and which moments a time of theirs is."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from yemae.values.time_zones import (
    is_known,
    moments_at,
    offset_minutes,
    read_off,
    venue_zone,
    zone_name,
)

NEW_YORK = ZoneInfo("America/New_York")
at = datetime.fromisoformat


@pytest.mark.parametrize("name", ["Asia/Seoul", "America/Argentina/Salta", "Etc/GMT+9", "UTC"])
def test_a_place_of_the_database_is_a_time_zone(name: str) -> None:
    assert is_known(name)


@pytest.mark.parametrize(
    "name",
    [
        "KST",
        "ROK",
        "localtime",
        "Asia/Soul",
        "asia/seoul",
        "Asia",
        "posix/Asia/Seoul",
        "",
        "+09:00",
    ],
)
def test_other_names_are_no_time_zone(name: str) -> None:
    assert not is_known(name)


def test_the_name_of_a_zone_wins_over_an_offset() -> None:
    seoul = timezone(timedelta(hours=9))
    assert venue_zone("America/New_York", 540) is NEW_YORK
    assert venue_zone(None, 540) == seoul
    assert venue_zone("Moon/Tycho", 540) == seoul, "the rules of another machine are newer"
    assert venue_zone(None, 0) is UTC
    assert venue_zone(None, None) is None


def test_a_zone_has_a_name_for_people() -> None:
    zones = [NEW_YORK, timezone(timedelta(hours=9)), UTC]
    assert [zone_name(zone) for zone in zones] == ["America/New_York", "UTC+09:00", "UTC"]


def test_a_time_of_day_is_one_moment_on_most_days() -> None:
    (moment,) = moments_at(at("2030-05-03T20:00:00"), NEW_YORK)
    assert moment.isoformat() == "2030-05-03T20:00:00-04:00"
    assert offset_minutes(moment) == -240


def test_a_time_that_clocks_skip_is_no_moment() -> None:
    assert moments_at(at("2030-03-10T02:00:00"), NEW_YORK) == []
    assert moments_at(at("2030-03-10T02:59:59"), NEW_YORK) == []
    assert len(moments_at(at("2030-03-10T01:59:59"), NEW_YORK)) == 1
    assert len(moments_at(at("2030-03-10T03:00:00"), NEW_YORK)) == 1


def test_a_time_that_clocks_show_twice_is_two_moments_by_time() -> None:
    shown = [moment.isoformat() for moment in moments_at(at("2030-11-03T01:30:00"), NEW_YORK)]
    assert shown == ["2030-11-03T01:30:00-04:00", "2030-11-03T01:30:00-05:00"]
    assert len(moments_at(at("2030-11-03T02:00:00"), NEW_YORK)) == 1


def test_what_was_read_off_keeps_its_moment_where_clocks_are_set_back() -> None:
    first = datetime(2030, 11, 3, 5, 45, tzinfo=UTC)
    second = first + timedelta(minutes=30)
    read = [read_off(first, NEW_YORK), read_off(second, NEW_YORK)]
    assert [moment.isoformat() for moment in read] == [
        "2030-11-03T01:45:00-04:00",
        "2030-11-03T01:15:00-05:00",
    ]
    assert read[0] < read[1]
    assert read[1] - read[0] == timedelta(minutes=30)
