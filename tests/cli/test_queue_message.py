"""`yemae queue message`: a text for waiting fans and its end, in the venue's time."""

import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from helpers.queue_commands import controls, queue
from yemae.cli.failures import InputError
from yemae.cli.queue_message import next_time
from yemae.settings import Settings


def test_a_message_is_said_until_a_time_on_the_venue_s_clocks(hall: Settings) -> None:
    said = queue("message", "hall", "--en", "Back soon", "--ko", "곧", "--for", "15m")
    assert said.code == 0, said.err
    assert re.fullmatch(r"the message is shown until \d{4}-\d\d-\d\d \d\d:\d\dZ\n", said.out), (
        said.out
    )
    (ends_in_s,) = controls(hall, "extract(epoch from message_until - now())::float8") or ()
    assert isinstance(ends_in_s, float)
    assert 840 < ends_in_s <= 900
    assert re.search(
        r"message_until +\d{4}-\d\d-\d\d .* +set by operator", queue("show", "hall").out
    )
    assert re.search(r"message_until: – → \d{4}-", queue("log", "hall").out)
    full = queue("message", "hall", "--en", "Later", "--until", "2199-11-22T20:30+09:00")
    assert full == (0, "the message is shown until 2199-11-22 11:30Z\n", "")
    assert controls(hall, "message_ko, message_en") == (None, "Later")
    assert queue("message", "hall", "--clear").out == "no message is shown\n"
    assert controls(hall, "message_en, message_until") == (None, None)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--en", "Hi", "--until", "2020-01-01T00:00Z"), "message_until: expected a time to come"),
        (("--en", "Hi", "--until", "soon"), "'soon' is no time such as 20:30"),
        (("--en", "Hi", "--until", "25:00"), "'25:00' is no time such as 20:30"),
        (("--en", "Hi", "--for", "15"), "'15' is no length of time such as 90s"),
        (("--en", "Hi", "--for", "1h", "--until", "20:30"), "--until or --for"),
        (("--for", "1h"), "needs --ko or --en"),
        (("--clear", "--en", "Hi"), "--clear alone"),
    ],
)
def test_a_message_without_a_text_or_with_a_wrong_end_is_refused(
    hall: Settings, arguments: tuple[str, ...], sentence: str
) -> None:
    refused = queue("message", "hall", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert sentence in refused.err
    assert controls(hall, "message_en") is None


def test_a_time_of_day_that_has_just_passed_is_not_taken_for_tomorrow_s() -> None:
    now = datetime(2030, 5, 3, 20, 31, tzinfo=UTC)
    late = "20:30 does not come in the next 12 hours: it is 2030-05-03 20:31Z at the venue"
    with pytest.raises(InputError, match=late):
        next_time(now, UTC, time(20, 30))
    assert next_time(now, UTC, time(20, 32)) == now.replace(minute=32)
    assert next_time(now, UTC, time(0, 30)) == datetime(2030, 5, 4, 0, 30, tzinfo=UTC)


def test_a_time_of_day_is_the_next_one_where_summer_time_begins_and_ends() -> None:
    """In New York the clocks go from 02:00 to 03:00 on 10 March, and from 02:00 to 01:00 on 3
    November: 01:30 comes at 05:30Z and again at 06:30Z."""
    zone, half_past_one = ZoneInfo("America/New_York"), time(1, 30)
    with pytest.raises(InputError, match="02:30 does not come in the next 12 hours"):
        next_time(datetime(2030, 3, 10, 6, 59, tzinfo=UTC), zone, time(2, 30))
    twice = datetime(2030, 11, 3, tzinfo=UTC)
    first, second = twice.replace(hour=5, minute=30), twice.replace(hour=6, minute=30)
    assert next_time(twice.replace(hour=5), zone, half_past_one) == first
    assert next_time(first, zone, half_past_one) == second
    with pytest.raises(InputError, match=r"it is 2030-11-03 01:30 -05:00 at the venue"):
        next_time(second, zone, half_past_one)
