"""The unit file: systemd understands it, and its score is what docs/install.md says."""

import re
import subprocess
from pathlib import Path

import pytest

from helpers.pages import ROOT, read
from helpers.unit import read_unit
from yemae.settings import Settings

UNIT = ROOT / "deploy/systemd/yemae.service"


@pytest.mark.deployment
def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    # The program is not on this machine.
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/yemae/bin/yemae", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.deployment
@pytest.mark.parametrize("page", ["docs/install.md", "docs/install.ko.md"])
def test_the_exposure_is_what_the_page_says(page: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (score,) = re.findall(r"Overall exposure level for yemae.service: ([\d.]+)", said)
    (stated,) = re.findall(r"(?:exposure|10점 중) ([\d.]+)", read(page))
    assert float(score) <= float(stated) < 2.5


def test_the_time_to_stop_is_longer_than_the_server_takes() -> None:
    server = Settings().server
    (stop_s,) = read_unit(UNIT)["TimeoutStopSec"]
    assert int(stop_s) > server.shutdown_drain_s + server.shutdown_grace_s + 2 + 5 + 30 + 10
