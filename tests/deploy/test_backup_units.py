"""The units that back up on a schedule: systemd takes them, and their command is one of ours."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from helpers.command import yemae

SYSTEMD = Path(__file__).parents[2] / "deploy" / "systemd"
SERVICE = SYSTEMD / "yemae-backup.service"
TIMER = SYSTEMD / "yemae-backup.timer"


def test_the_service_runs_a_backup_with_options_that_there_are() -> None:
    found = re.search(r"^ExecStart=/opt/yemae/bin/yemae (.+)$", SERVICE.read_text(), re.MULTILINE)
    assert found is not None
    command, *options = shlex.split(found[1])
    said = yemae(command, "--help").out
    assert command == "backup"
    assert [option for option in options if option.startswith("--") and option not in said] == []


@pytest.mark.deployment
def test_systemd_takes_both_units(tmp_path: Path) -> None:
    text = SERVICE.read_text()
    program = tmp_path / "yemae"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    service = tmp_path / SERVICE.name
    service.write_text(text.replace("/opt/yemae/bin/yemae", str(program)))
    timer = tmp_path / TIMER.name
    timer.write_text(TIMER.read_text())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(service), str(timer)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    calendar = re.search(r"^OnCalendar=(.+)$", TIMER.read_text(), re.MULTILINE)
    assert calendar is not None
    assert subprocess.run(["systemd-analyze", "calendar", calendar[1]], check=False).returncode == 0
