"""A rehearsal of an operator's own file: its seats, dates, draw, lanes and proof of work."""

import json
from pathlib import Path

import pytest

from helpers.command import yemae
from helpers.concerts import SMALL, TEXT

FANS = 60
QUEUE = 'queueing_method = "draw"\nproof_of_work = true\njoins_per_address_per_minute = 1\n'
LANES = """
[[queue.lanes]]
name = "fanclub"
share = 30
codes = ["CODE-1", "CODE-2"]

[[queue.lanes]]
name = "press"
share = 10
group = "press"

[[grades]]
name = "VIP"
price = 90000

[[grades]]
"""
VIP = '\n[[sections]]\nname = "Front"\ngrade = "VIP"\nrows = ["V:11-14"]\n\n[[performances]]'


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Ten seats of R and four of VIP on each of two dates, with everything that fans have to do."""
    text = TEXT.format(**SMALL | {"active_limit": 30})
    text = text.replace("\n[[grades]]\n", LANES, 1).replace("\n[[performances]]", VIP, 1)
    text = text.replace("[queue]\n", f"[queue]\n{QUEUE}")
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_an_own_file_is_rehearsed_with_its_draw_lanes_and_proof_of_work(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_POLL_AFTER_MAX_MS", "1000")
    written, page = tmp_path / "report.json", tmp_path / "report.html"
    options = (
        "rehearse", "--embedded", "--file", file, "--fans", str(FANS), "--workers", "1",
        "--lane", "fanclub=0.3", "--lane", "press=0.2", "--early-s", "6",
        "--behaviour", "think_s=0,walk_away=0,hold_without_paying=0,retries=50,seats_max=2",
    )  # fmt: skip
    done = yemae(*options, "--json", str(written), "--html", str(page))
    assert done.code == 0, done.out + done.err
    found = json.loads(written.read_text())
    assert found["concert_id"] == "hall"
    assert found["limits"] == {"active_limit": 30, "admit_per_minute": 600}
    _check_sold(found)
    # Every fan solved a challenge, and nothing that a fan brought was refused.
    calls = {call["call"]: call["count"] for call in found["calls"]}
    assert calls["challenge"] == calls["join"] == FANS
    assert not {"proof-of-work-required", "proof-of-work-invalid", "presale-code-invalid"} & set(
        found["refusals"]
    )
    # A draw mixes the order of the joins, and admission keeps the order of the draw.
    assert found["fairness"]["inversions"] == 0
    assert "inside with nothing left" in done.out
    assert "suggested limits: admit_per_minute = " in done.out
    for said in ("Sold by date and grade", "날짜와 등급별 판매", "hall-2", "VIP"):
        assert said in page.read_text()
    again = yemae(*options, "--active-limit", "5", "--against", str(written))
    assert again.code == 0, again.out + again.err
    assert "  different: active_limit: 30 → 5\n" in again.out
    assert "hall-1 VIP sold out after s" in again.out


def _check_sold(found: dict[str, object]) -> None:
    """All 28 seats are sold, at their prices, after the opening."""
    sold = found["sold"]
    assert isinstance(sold, list)
    assert [(it["performance_id"], it["grade"], it["seats"], it["sold"]) for it in sold] == [
        ("hall-1", "R", 10, 10),
        ("hall-1", "VIP", 4, 4),
        ("hall-2", "R", 10, 10),
        ("hall-2", "VIP", 4, 4),
    ]
    assert [it["revenue"] for it in sold] == [500_000, 360_000, 500_000, 360_000]
    assert sum(it["revenue"] for it in sold) == found["money"]
    assert all(it["sold_out_after_s"] > 0 for it in sold)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--lane", "fanclub=0.5"), "--lane is of a concert file: it needs --file"),
        (("--early-s", "5"), "--early-s is of a concert file: it needs --file"),
        (("--file", "{file}", "--seats", "9"), "--seats is of the hall without --file"),
        (("--file", "{file}", "--lane", "x=1"), "(fanclub, press)"),
        (("--file", "{file}", "--behaviour", "seats_max=5"), "more than the 4 seats"),
        (("--file", "nowhere.toml"), "nowhere.toml: cannot be read"),
        (("--against", "nowhere.json"), "nowhere.json: cannot be read"),
    ],
)
def test_options_that_contradict_the_file_are_refused(
    file: str, options: tuple[str, ...], said: str
) -> None:
    done = yemae("rehearse", "--embedded", *(option.format(file=file) for option in options))
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_a_queue_that_no_fan_may_join_is_not_rehearsed(file: str) -> None:
    path = Path(file)
    path.write_text(path.read_text("utf-8").replace('"draw"', '"reject"'), encoding="utf-8")
    done = yemae("rehearse", "--embedded", "--file", file)
    assert (done.code, done.out) == (2, "")
    assert "there is nothing to rehearse" in done.err
