"""`yemae doctor`: what stands in the way of a sale, and the cure of each."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from yemae import __version__
from yemae.base.logs import configure_logs
from yemae.cli.examples import examples
from yemae.cli.failures import TROUBLE
from yemae.cli.screen import AsJson, write_json, write_line
from yemae.doctor.examine import examine
from yemae.doctor.findings import Finding, State, state_of
from yemae.settings import read_settings
from yemae.values.instants import instant

NODES_MAX = 1_000
MARKS = {"ok": "✓", "warning": "!", "failure": "✗", "not_checked": "–"}
COUNTED: dict[State, str] = {
    "ok": "ok",
    "warning": "warnings",
    "failure": "failures",
    "not_checked": "not checked",
}


def doctor(
    *,
    nodes: Annotated[
        int,
        typer.Option(help="Nodes like this one that will serve together.", min=1, max=NODES_MAX),
    ] = 1,
    json: AsJson = False,
) -> None:
    """Check this machine and the stores before a sale.

    Changes nothing, and works while a store is away or no server runs. Exit code 0: all is well, or
    there are warnings only; 1: something failed; 2: an option or a setting is wrong.
    """
    settings = read_settings()
    # What is wrong is in the findings; the drivers' warnings belong to the server.
    configure_logs(settings.replace(log_level="error", log_format="console"))
    findings = examine(settings, nodes)
    if json:
        write_json(
            {
                "state": state_of(findings),
                "version": __version__,
                "checked_at": instant(datetime.now(UTC)),
                "checks": [_described(finding) for finding in findings],
            }
        )
    else:
        show(findings)
    if state_of(findings) == "failure":
        raise typer.Exit(TROUBLE)


def _described(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.check,
        "state": finding.state,
        "reason": finding.reason,
        "values": finding.values,
        "says": finding.says,
        "cure": finding.cure or None,
    }


def show(findings: Sequence[Finding]) -> None:
    """Write a line for each finding, its cure below it, and how many there are of each state."""
    width = max(len(finding.check) for finding in findings)
    for finding in findings:
        write_line(f"{MARKS[finding.state]} {finding.check:<{width}}  {_one_line(finding.says)}")
        if finding.cure:
            write_line(f"  {'':<{width}}  → {_one_line(finding.cure)}")
    counts = Counter(finding.state for finding in findings)
    write_line("\n" + ", ".join(f"{counts[state]} {word}" for state, word in COUNTED.items()))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def add_to(app: typer.Typer) -> None:
    """Make this a command of the program."""
    app.command(epilog=examples("yemae doctor", "yemae doctor --nodes 4", "yemae doctor --json"))(
        doctor
    )
