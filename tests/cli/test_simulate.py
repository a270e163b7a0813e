"""`yemae simulate`: a report for people, one for programs, and one sentence for bad input."""

from pathlib import Path

import pytest

from helpers.command import yemae
from helpers.pages import ROOT

ARENA = str(ROOT / "examples" / "arena.toml")
PAY = ("--behaviour", "hold_without_paying=0")
SMALL = ("simulate", "--fans", "500", "--seats", "100", "--admit-per-minute", "1200", *PAY)


def test_the_report_says_how_long_fans_wait_and_what_the_sale_needs() -> None:
    done = yemae(*SMALL, "--price", "0.1", "--arrival", "ramp", "--early-s", "30")
    assert (done.code, done.err) == (0, "")
    for text in (
        "simulated: 500 fans (ramp over 1:00, from 30 s before the opening) for 100 seats; fifo, "
        "at most 500 inside, 1,200 admissions a minute",
        "wait of the ",
        "sold out ",
        "busiest 5 seconds: ",
        "server: 1 cores, 1 nodes of 4 with 1,139 MB each",
        "Valkey 0% of its one core",
        "cost: 6 core-hours (1 h) at 0.1: 0.60",
    ):
        assert text in done.out


def test_the_same_seed_gives_the_same_json_with_an_outcome_for_every_fan() -> None:
    one, again, other = (yemae(*SMALL, "--json", "--seed", seed) for seed in ("7", "7", "8"))
    assert one.out == again.out != other.out
    found = one.json()
    assert sum(found["outcomes"].values()) == 500
    assert found["queue"]["admit_per_minute"] == 1_200
    assert found["waits"]["p50_s"] <= found["waits"]["p90_s"] <= found["waits"]["max_s"]
    assert found["sold_out_at_s"] <= found["ended_at_s"]
    assert found["needs"]["cost"] is None
    assert len(found["series"]) <= 600
    assert found["figures"]["bytes_per_fan"] > 0


def test_a_concert_file_brings_its_queue_its_opening_and_its_seats() -> None:
    found = yemae("simulate", "--file", ARENA, "--fans", "2000", "--json").json()
    assert found["concert_id"] == "arena"
    assert found["queue"]["queueing_method"] == "draw"
    assert found["queue"]["active_limit"] == 2_000
    assert found["seats"] == 2 * 15_380
    # Joining begins an hour before.
    assert found["early_s"] == 3_600
    assert found["series"][0]["at_s"] == -3_600


def test_options_win_over_the_file() -> None:
    found = yemae(
        "simulate", "--file", ARENA, "--fans", "2000", "--seats", "10", "--active-limit", "7",
        "--set", "queueing_method=fifo", "--set", "entry_ttl_s=60", "--early-s", "0", "--json",
    ).json()  # fmt: skip
    assert (found["seats"], found["early_s"], found["peaks"]["inside"]) == (10, 0, 7)
    assert found["queue"]["entry_ttl_s"] == 60


def test_the_settings_of_the_environment_apply(monkeypatch: pytest.MonkeyPatch) -> None:
    options = ("simulate", "--fans", "2000", "--admit-per-minute", "60", "--duration", "120")
    usual = yemae(*options)
    monkeypatch.setenv("YEMAE_POLL_AFTER_MAX_MS", "5000")
    often = yemae(*options)
    assert usual.out != often.out


def test_fans_of_a_lane_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "lanes.toml"
    lanes = '[queue]\nlanes = [{ name = "club", share = 50, group = "club" }]\n'
    file.write_text(
        (ROOT / "examples" / "small-hall.toml").read_text().replace("[queue]\n", lanes, 1)
    )
    done = yemae("simulate", "--file", str(file), "--fans", "300", "--lane", "club=0.5", "--json")
    assert done.code == 0
    unknown = yemae("simulate", "--file", str(file), "--lane", "vip=0.5")
    assert "of a lane of the file (club)." in unknown.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fans", "0"), "Invalid value for '--fans'"),
        (("--fans", "10000001"), "Invalid value for '--fans'"),
        (("--behaviour", "mood=good"), "'mood=good' is no behaviour"),
        (("--behaviour", "seats_max=20", "--file", ARENA), "seats_max=20 is more than the 2 seats"),
        (("--set", "active_limit=0"), "active_limit must be a whole number from 1"),
        (("--set", "colour=red"), "'colour=red' cannot be used: expected KEY=VALUE"),
        (("--set", "message_en=Hi"), "'message_en' cannot be simulated by --set"),
        (("--set", "active_limit="), "'active_limit' cannot be simulated by --set"),
        (("--set", "queueing_method=reject"), "queueing_method=reject lets no fan join"),
        (("--set", "place_ttl_s=60", "--set", "absent_after_s=90"), "place_ttl_s=60 cannot be"),
        (("--lane", "vip=0.1"), "'vip=0.1' cannot be used: expected NAME=SHARE"),
        (("--lane", "vip=nan"), "'vip=nan' cannot be used: expected NAME=SHARE"),
        (("--price", "nan"), "Invalid value for '--price'"),
        (("--arrival-s", "nan"), "Invalid value for '--arrival-s'"),
        (("--file", "/nowhere.toml"), "/nowhere.toml: cannot be read"),
        (("--results", "/nowhere.json"), "/nowhere.json: cannot be read"),
        (("--arrival", "late"), "Invalid value for '--arrival'"),
    ],
)
def test_bad_input_is_one_sentence(options: tuple[str, ...], said: str) -> None:
    done = yemae("simulate", *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_lanes_with_more_than_all_fans_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "lanes.toml"
    lanes = (
        '[queue]\nlanes = [{ name = "club", share = 40, group = "club" }, '
        '{ name = "vip", share = 40, group = "vip" }]\n'
    )
    file.write_text(
        (ROOT / "examples" / "small-hall.toml").read_text().replace("[queue]\n", lanes, 1)
    )
    done = yemae("simulate", "--file", str(file), "--lane", "club=0.6", "--lane", "vip=0.6")
    assert (done.code, "expected at most 1 together" in done.err) == (2, True)


def test_a_concert_that_is_over_when_it_opens_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "over.toml"
    hall = (ROOT / "examples" / "small-hall.toml").read_text()
    line = next(line for line in hall.splitlines() if line.startswith("sale_opens_at"))
    file.write_text(hall.replace(line, "sale_opens_at = 2999-01-01T00:00:00Z"))
    done = yemae("simulate", "--file", str(file))
    assert (done.code, "has ended when its sale opens" in done.err) == (2, True)
