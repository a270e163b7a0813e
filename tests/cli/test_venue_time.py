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
