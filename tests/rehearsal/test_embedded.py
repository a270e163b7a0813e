"""A whole small rehearsal on a private server: what it sells, what it proves, what it writes."""

import json
from pathlib import Path

import pytest

from helpers.command import yemae
from yemae.reconcile.books import LAWS
from yemae.rehearsal.console_figures import SAYS

FANS, SEATS = 300, 100


def test_a_small_rehearsal_sells_out_and_everything_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The private server has the operator's settings.
    monkeypatch.setenv("YEMAE_POLL_AFTER_MAX_MS", "1000")
    written, page, kept = tmp_path / "report.json", tmp_path / "report.html", tmp_path / "kept"
    done = yemae(
        "rehearse", "--embedded", "--fans", str(FANS), "--seats", str(SEATS), "--workers", "1",
        "--processes", "2", "--active-limit", "50", "--data-dir", str(kept),
        "--behaviour", "think_s=0,walk_away=0.02,hold_without_paying=0.02,seat_choice=best",
        "--json", str(written), "--html", str(page),
    )  # fmt: skip
    assert done.code == 0, done.out + done.err
    assert "✓ every check passed" in done.out
    assert "time=" in done.err
    _check_report(json.loads(written.read_text()))
    assert "Every check passed" in page.read_text()
    # A folder with data is refused.
    again = yemae("rehearse", "--embedded", "--data-dir", str(kept))
    assert again.code == 2
    assert again.err.endswith("is not empty: a rehearsal starts without data.\n")


def _check_report(found: dict[str, object]) -> None:
    outcomes, checks = found["outcomes"], found["checks"]
    assert isinstance(outcomes, dict)
    assert isinstance(checks, list)
    assert sum(outcomes.values()) == found["fans_done"] == FANS
    assert outcomes["bought"] > 0
    assert outcomes["no_seat"] > 0
    assert found["seats_sold"] == next(
        check["looked_at"] for check in checks if check["name"] == "ticket_sold_once"
    )
    names = {check["name"] for check in checks}
    assert names > LAWS.keys() | {"answer_is_a_fact", "seat_answered_once", "active_within_limit"}
    # The console shows the same, and so does the closing report.
    looked_at = {check["name"]: check["looked_at"] for check in checks if check["name"] in SAYS}
    assert looked_at == dict.fromkeys(SAYS, SEATS)
    assert found["problems"] == []
    assert found["reconcile_note"] == ""
    assert [call["call"] for call in found["calls"]] == [  # type: ignore[attr-defined]
        "join", "poll", "dates", "seats", "hold", "top_up", "pay", "leave",
    ]  # fmt: skip
    fairness = found["fairness"]
    assert isinstance(fairness, dict)
    assert fairness["admissions"] > FANS / 2
    assert fairness["inversions"] == 0
