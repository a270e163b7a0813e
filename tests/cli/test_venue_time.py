"""People read the venue's time in every queue command, and the zone once; programs read UTC."""

import re
from pathlib import Path

import pytest

from helpers.command import Done, yemae
from helpers.concerts import SMALL, TEXT
from yemae.settings import Settings


def queue(*arguments: str) -> Done:
    """Run a queue command in this process."""
    return yemae("queue", *arguments)


@pytest.fixture
def seoul(named_stores: Settings, tmp_path: Path) -> None:
    """A hall whose sale opens on the clocks of Seoul."""
    assert named_stores.stores.database_url
    text = TEXT.format(**SMALL).replace("2026-01-01T00:00:00Z", "2026-01-01T09:00:00+09:00")
    file = tmp_path / "seoul.toml"
    file.write_text(text, encoding="utf-8")
    assert yemae("concerts", "load", str(file)).code == 0


@pytest.mark.usefixtures("seoul")
def test_settings_are_shown_in_the_venue_s_time() -> None:
    done = queue("set", "hall", "sale_opens_at=2029-06-01T15:30:00Z")
    assert done.out == "sale_opens_at is 2029-06-02 00:30 +09:00\n"
    queue("pause", "hall")
    shown = queue("show", "hall").out
    assert shown.splitlines()[0].rstrip().endswith("times in UTC+09:00")
    assert re.search(r"sale_opens_at +2029-06-02 00:30 +set by operator", shown)
    assert re.search(r"last changed \d{4}-\d\d-\d\d \d\d:\d\d *\n", shown)
    assert shown.count("09:00") == 1, "the zone is named once"
    assert not re.search(r"\d\d:\d\dZ|\d\d:\d\d:\d\dZ", shown)
    settings = queue("show", "hall", "--json").json()["settings"]
    assert settings["sale_opens_at"] == "2029-06-01T15:30:00.000Z"


@pytest.mark.usefixtures("seoul")
def test_the_log_is_in_the_venue_s_time() -> None:
    queue("set", "hall", "sale_opens_at=2029-06-01T15:30:00Z", "message_en=At 12:00Z")
    (line,) = queue("log", "hall", "--json").json()
    assert line["at"].endswith("Z")
    heading, first = queue("log", "hall", "--limit", "1").out.splitlines()
    assert heading.startswith("At (UTC+09:00)")
    assert "sale_opens_at: 2026-01-01 09:00 → 2029-06-02 00:30" in first
    assert "message_en: – → At 12:00Z" in first, "an operator's own words stay"
    time = line["at"][11:19]
    hour = (int(time[:2]) + 9) % 24
    assert re.match(rf"\d{{4}}-\d\d-\d\d {hour:02}{time[2:]} ", first), time


@pytest.mark.usefixtures("seoul")
def test_the_live_view_is_in_the_venue_s_time() -> None:
    line = queue("watch", "hall", "--once").out
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00 hall ", line)


@pytest.fixture
def new_york(named_stores: Settings, tmp_path: Path) -> str:
    """A hall in the time zone of New York; returns its file."""
    assert named_stores.stores.database_url
    text = TEXT.format(**SMALL).replace("\n[queue]", '\ntime_zone = "America/New_York"\n[queue]', 1)
    file = tmp_path / "new-york.toml"
    file.write_text(text, encoding="utf-8")
    assert yemae("concerts", "load", str(file)).code == 0
    return str(file)


def test_each_time_has_the_offset_of_its_own_day_and_the_zone_its_name(new_york: str) -> None:
    done = queue("set", "hall", "sale_opens_at=2029-06-01T15:30:00Z")
    assert done.out == "sale_opens_at is 2029-06-01 11:30 -04:00\n"
    shown = queue("show", "hall").out
    assert shown.splitlines()[0].rstrip().endswith("times in America/New_York")
    assert re.search(r"sale_opens_at +2029-06-01 11:30 +set by operator", shown)
    assert queue("show", "hall", "--json").json()["time_zone"] == "America/New_York"
    heading, first = queue("log", "hall", "--limit", "1").out.splitlines()
    assert heading.startswith("At (America/New_York)")
    assert "sale_opens_at: 2025-12-31 19:00 → 2029-06-01 11:30" in first
    assert re.search(r"hall +Test +Testers +2029-06-01 11:30 -04:00", yemae("concerts", "list").out)
    (listed,) = yemae("concerts", "list", "--json").json()
    assert listed["time_zone"] == "America/New_York"
    assert listed["sale_opens_at_local"] == "2029-06-01T11:30:00.000-04:00"
    assert listed["performances"][0]["starts_at_local"] == "2030-01-01T05:00:00.000-05:00"
    loaded = yemae("concerts", "load", new_york).out
    assert (
        "sale_opens_at stays 2029-06-01 11:30 -04:00, which an operator set; the file's "
        "2025-12-31 19:00 -05:00 comes with"
    ) in loaded


def test_a_load_says_that_the_time_zone_changes(new_york: str) -> None:
    file = Path(new_york)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("America/New_York", "Asia/Seoul"), encoding="utf-8")
    said = "  ~ time_zone: America/New_York → Asia/Seoul\n"
    assert yemae("concerts", "load", new_york).out.endswith(said)
    assert queue("show", "hall").out.splitlines()[0].rstrip().endswith("times in Asia/Seoul")
    file.write_text(text.replace('time_zone = "America/New_York"\n', ""), encoding="utf-8")
    assert "  ~ time_zone: Asia/Seoul → none\n" in yemae("concerts", "load", new_york).out
