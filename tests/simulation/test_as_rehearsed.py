"""A rehearsal on a private server takes as long as its simulation says, within a tenth.

It takes about a minute and a machine that keeps up, so it is one of `make test-deploy`.
"""

import json
from pathlib import Path

import pytest

from cli.conftest import logs_as_before, no_variables
from helpers.command import yemae

__all__ = ["logs_as_before", "no_variables"]

SALE = (
    "--fans", "1000", "--seats", "500", "--admit-per-minute", "1200", "--active-limit", "500",
    "--arrival", "ramp", "--arrival-s", "20",
)  # fmt: skip


@pytest.mark.deployment
def test_the_waits_of_a_rehearsal_are_those_of_its_simulation(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = yemae("rehearse", "--embedded", "--workers", "1", *SALE, "--json", str(report))
    assert done.code == 0, done.err
    rehearsed = json.loads(report.read_text())
    simulated = yemae("simulate", *SALE, "--json").json()
    for name in ("p50_s", "p90_s", "max_s"):
        assert simulated["waits"][name] == pytest.approx(
            rehearsed["time_in_queue"][name], rel=0.1
        ), name
    assert simulated["outcomes"]["bought"] == pytest.approx(
        rehearsed["outcomes"]["bought"], rel=0.1
    )
