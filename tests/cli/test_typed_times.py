"""Times that operators type without an offset are those of the venue's clocks."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from yemae.cli.failures import InputError
from yemae.cli.venue_time import at_venue

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2030-05-03 12:00", "2030-05-03T12:00:00-04:00"),
        ("2030-05-03T12:00+09:00", "2030-05-03T12:00:00+09:00"),
        ("2030-11-03T01:30-05:00", "2030-11-03T01:30:00-05:00"),
    ],
)
def test_a_typed_time_is_a_moment(typed: str, moment: str) -> None:
    assert at_venue(datetime.fromisoformat(typed), NEW_YORK).isoformat() == moment


def test_a_typed_time_that_clocks_skip_or_show_twice_is_refused() -> None:
    with pytest.raises(InputError, match="America/New_York skip 2030-03-10 02:30:00"):
        at_venue(datetime.fromisoformat("2030-03-10 02:30"), NEW_YORK)
    with pytest.raises(
        InputError, match=r"twice: type 2030-11-03T01:30:00-04:00 or 2030-11-03T01:30:00-05:00\."
    ):
        at_venue(datetime.fromisoformat("2030-11-03 01:30"), NEW_YORK)
    assert at_venue(datetime.fromisoformat("2030-11-03 01:30"), UTC).hour == 1
