"""Builds dist/: all that goes to a server, in one folder (`make wheel`).

Always holds: the wheel has the page of its own sources (scripts/hatch_build.py), and is installed
with the versions and hashes of the requirements beside it. What an earlier build left is removed.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
BESIDE = (
    "requirements-server.txt",
    "deploy/install.sh",
    "deploy/systemd/yemae.service",
    "deploy/systemd/yemae.sysusers",
    "deploy/systemd/yemae-backup.service",
    "deploy/systemd/yemae-backup.timer",
    "examples/small-hall.toml",
)


def build(folder: Path) -> Path:
    """Build the wheel, with the build tools of .venv, and put the rest beside it. Returns it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    for name in BESIDE:
        shutil.copy(ROOT / name, folder)
    (wheel,) = folder.glob("yemae-*.whl")
    return wheel


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else DIST)
