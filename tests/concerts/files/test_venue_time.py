"""`time_zone` in a concert file: times are read on the venue's clocks, or refused with a reason."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from yemae.concerts.files.concert_file import ConcertFileError, FileConcert, parse

GOOD = (Path(__file__).parents[2] / "helpers" / "good.toml").read_text(encoding="utf-8")
OPENS, STARTS = "2026-01-01T11:00:00+09:00", "2030-05-03T20:00:00+09:00"


def read(
    time_zone: str | None, starts_at: str, *, opens_at: str = "2026-01-01T02:00:00Z"
) -> FileConcert:
    """The file with this zone and these times in it."""
    text = GOOD.replace(OPENS, opens_at).replace(STARTS, starts_at)
    if time_zone is not None:
        text = text.replace('venue = "Venue"', f'venue = "Venue"\ntime_zone = "{time_zone}"')
    return parse(text, "file.toml")


def refused(time_zone: str | None, starts_at: str) -> str:
    """The sentence about a file with this start."""
    with pytest.raises(ConcertFileError) as error:
        read(time_zone, starts_at)
    return str(error.value)


@pytest.mark.parametrize(
    ("time_zone", "written", "shown"),
    [
        ("Asia/Seoul", "2030-05-03T20:00:00", "2030-05-03T20:00:00+09:00"),
        ("Asia/Seoul", "2030-05-03T20:00:00+09:00", "2030-05-03T20:00:00+09:00"),
        ("Asia/Seoul", "2030-05-03T11:00:00Z", "2030-05-03T20:00:00+09:00"),
        ("America/New_York", "2030-01-03T20:00:00", "2030-01-03T20:00:00-05:00"),
        ("America/New_York", "2030-07-03T20:00:00", "2030-07-03T20:00:00-04:00"),
        ("Europe/London", "2030-07-03T20:00:00", "2030-07-03T20:00:00+01:00"),
        # The offset says which of the two.
        ("America/New_York", "2030-11-03T01:30:00-04:00", "2030-11-03T01:30:00-04:00"),
        ("America/New_York", "2030-11-03T01:30:00-05:00", "2030-11-03T01:30:00-05:00"),
        (None, "2030-07-03T20:00:00-05:00", "2030-07-03T20:00:00-05:00"),
    ],
)
def test_times_have_the_offset_of_the_venue_s_clocks_at_that_moment(
    time_zone: str | None, written: str, shown: str
) -> None:
    concert = read(time_zone, written)
    assert concert.time_zone == time_zone
    assert concert.performances[0].starts_at.isoformat() == shown


ZONES = st.sampled_from(
    ["Asia/Seoul", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
QUARTERS = st.integers(0, 100 * 365 * 96).map(
    lambda quarters: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarters)
)


@given(ZONES, QUARTERS)
@example("America/New_York", datetime(2030, 3, 10, 7, tzinfo=UTC))
@example("America/New_York", datetime(2030, 11, 3, 5, 30, tzinfo=UTC))
@example("America/New_York", datetime(2030, 11, 3, 6, 30, tzinfo=UTC))
def test_what_the_venue_s_clocks_show_is_read_as_that_moment_or_asks_for_an_offset(
    time_zone: str, moment: datetime
) -> None:
    shown = moment.astimezone(ZoneInfo(time_zone))
    assert read(time_zone, shown.isoformat()).performances[0].starts_at == moment
    without = shown.replace(tzinfo=None).isoformat()
    if shown.utcoffset() != shown.replace(fold=1 - shown.fold).utcoffset():
        assert shown.isoformat() in refused(time_zone, without)
    else:
        assert read(time_zone, without).performances[0].starts_at == moment


def test_openings_are_read_on_the_same_clocks() -> None:
    text = GOOD.replace(OPENS, "2030-03-10T03:30:00\nprequeue_opens_at = 2030-03-10T01:30:00")
    text = text.replace('venue = "Venue"', 'venue = "Venue"\ntime_zone = "America/New_York"')
    concert = parse(text.replace(STARTS, "2030-05-03T20:00:00"), "file.toml")
    assert concert.prequeue_opens_at is not None
    ahead = concert.sale_opens_at - concert.prequeue_opens_at
    assert ahead.total_seconds() == 3600, "an hour was skipped between them"


def test_the_release_of_a_block_is_read_on_the_same_clocks() -> None:
    block = '[[blocks]]\nname = "house"\nreason = "house"\nall = true\nreleases_at = '
    text = GOOD.replace('venue = "Venue"', 'venue = "Venue"\ntime_zone = "Asia/Seoul"')
    (read_block,) = parse(f"{text}\n{block}2030-05-03T12:00:00\n", "file.toml").blocks
    assert read_block.releases_at is not None
    assert read_block.releases_at.isoformat() == "2030-05-03T12:00:00+09:00"
    with pytest.raises(ConcertFileError, match=r"blocks\[0\].releases_at: expected the offset of"):
        parse(f"{text}\n{block}2030-05-03T12:00:00-04:00\n", "file.toml")


@pytest.mark.parametrize(
    ("time_zone", "written", "sentence"),
    [
        (
            "America/New_York",
            "2030-03-10T02:30:00",
            "line 35: performances[0].starts_at: expected a time that the clocks of "
            "America/New_York show, found 2030-03-10 02:30:00, which they skip.",
        ),
        (
            "America/New_York",
            "2030-11-03T01:30:00",
            "line 35: performances[0].starts_at: expected 2030-11-03T01:30:00-04:00 or "
            "2030-11-03T01:30:00-05:00, found 2030-11-03 01:30:00, which the clocks of "
            "America/New_York show twice.",
        ),
        (
            "America/New_York",
            "2030-05-03T20:00:00+09:00",
            "line 35: performances[0].starts_at: expected the offset of America/New_York at that "
            "moment, -04:00, found 2030-05-03 20:00:00+09:00.",
        ),
        (
            "America/New_York",
            "2030-03-10T02:30:00-05:00",
            "line 35: performances[0].starts_at: expected the offset of America/New_York at that "
            "moment, -04:00, found 2030-03-10 02:30:00-05:00.",
        ),
        (
            None,
            "2030-05-03T20:00:00",
            "line 34: performances[0].starts_at: expected a date and time with an offset such as "
            "+09:00, found 2030-05-03 20:00:00.",
        ),
        (
            "Asia/Seoul",
            "1999-12-31T20:00:00",
            "line 35: performances[0].starts_at: expected a year from 2000 to 2999, found 1999.",
        ),
    ],
)
def test_a_time_that_the_venue_s_clocks_do_not_show_is_refused_by_field(
    time_zone: str | None, written: str, sentence: str
) -> None:
    assert refused(time_zone, written) == f"file.toml, {sentence}"


def test_an_opening_that_contradicts_the_zone_is_refused_by_field() -> None:
    with pytest.raises(ConcertFileError, match=r"line 6: sale_opens_at: .* Asia/Seoul .*, \+09:00"):
        read("Asia/Seoul", STARTS, opens_at="2026-01-01T11:00:00+08:00")


@pytest.mark.parametrize("name", ["KST", "Asia/Soul", "../Asia/Seoul", "\\u0000", "Asia", ""])
def test_a_name_that_is_no_time_zone_is_refused(name: str) -> None:
    sentence = "line 5: time_zone: expected a time zone of the IANA database such as Asia/Seoul"
    assert sentence in refused(name, STARTS)
