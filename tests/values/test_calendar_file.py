"""Calendar files as RFC 5545 wants them, whatever stands in a title."""

import re
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from yemae.values.calendar_file import Event, written

NOW = datetime.fromisoformat("2026-11-22T11:00:00.123456Z")
EVENT = Event(
    uid="performance-one@tickets.example.com",
    starts_at=datetime.fromisoformat("2030-05-03T20:00:00+09:00"),
    title="첫눈; 그리고, 봄",
    place="작은숲 소극장, 서울",
    description="Venue time 2030-05-03 20:00 +09:00",
    url="https://tickets.example.com/concerts/one",
    alarm_minutes=10,
)


def lines(file: bytes) -> list[str]:
    """The lines of a file, put together again where they were folded."""
    return file.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_an_event_is_written_in_utc_with_its_reminder() -> None:
    assert lines(written(EVENT, NOW)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yemae//Yemae//EN",
        "BEGIN:VEVENT",
        "UID:performance-one@tickets.example.com",
        "DTSTAMP:20261122T110000Z",
        "DTSTART:20300503T110000Z",
        r"SUMMARY:첫눈\; 그리고\, 봄",
        r"LOCATION:작은숲 소극장\, 서울",
        "DESCRIPTION:Venue time 2030-05-03 20:00 +09:00",
        "URL:https://tickets.example.com/concerts/one",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT10M",
        r"DESCRIPTION:첫눈\; 그리고\, 봄",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_what_is_online_has_no_place_and_what_needs_no_reminder_none() -> None:
    plain = lines(written(EVENT._replace(place="", alarm_minutes=None), NOW))
    assert not [line for line in plain if line.startswith(("LOCATION", "BEGIN:VALARM"))]


@given(st.text(max_size=200))
def test_a_text_stays_in_its_line_and_comes_back_whole(text: str) -> None:
    text = "".join(character for character in text if character.isprintable())
    file = written(EVENT._replace(title=text, alarm_minutes=None), NOW)
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
    assert re.fullmatch(rb"(?:[^\r\n]+\r\n)+", file)
    (summary,) = (line for line in lines(file) if line.startswith("SUMMARY:"))
    assert re.sub(r"\\(.)", r"\1", summary.removeprefix("SUMMARY:")) == text


def test_a_line_break_in_a_text_ends_no_line() -> None:
    found = lines(written(EVENT._replace(title="One\r\nEND:VEVENT"), NOW))
    assert "SUMMARY:One END:VEVENT" in found
    assert found.count("END:VEVENT") == 1
