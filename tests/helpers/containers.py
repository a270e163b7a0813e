"""Containers of deploy/Containerfile, with podman, buildah and runc.

No image is pulled: the base is made with debootstrap and tagged with its name, so that the
Containerfile is built as it is. Images are kept in a storage of their own, not in the machine's.
Always holds: a container has ended and is removed when its block ends.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from helpers.pages import ROOT

BASE = "python:3.11-slim-bookworm"
KEPT = Path("/var/tmp/yemae-containers")  # noqa: S108 - of root, who alone runs containers here
PACKAGES = "python3.11,python3.11-venv,python3-venv,ca-certificates"
BUILD_S, COMMAND_S = 1500.0, 300.0
# A container engine inside a machine without a service manager.
ENGINE = """\
[containers]
default_ulimits = []
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
STORAGE = """\
[storage]
driver = "overlay"
graphroot = "{0}/images"
runroot = "{0}/run"
"""
# In the stand-in, pip trusts whom this machine trusts.
PIP = "[global]\ncert = /etc/ssl/certs/ca-certificates.crt\ntimeout = 180\n"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
# As deploy/compose.yaml has it, on the network of this machine.
HARDENED = (
    *("--runtime", "runc", "--network", "host", "--ulimit", "host", "--read-only"),
    *("--tmpfs", "/tmp:size=64m,mode=1777", "--cap-drop", "all"),  # noqa: S108
    *("--security-opt", "no-new-privileges"),
)  # fmt: skip


def environ() -> dict[str, str]:
    """The variables of the container tools."""
    KEPT.mkdir(mode=0o700, exist_ok=True)
    (KEPT / "containers.conf").write_text(ENGINE)
    (KEPT / "storage.conf").write_text(STORAGE.format(KEPT))
    return {
        **{name: value for name, value in os.environ.items() if "YEMAE" not in name},
        "CONTAINERS_CONF": str(KEPT / "containers.conf"),
        "CONTAINERS_STORAGE_CONF": str(KEPT / "storage.conf"),
    }


def tool(*command: str, within_s: float = COMMAND_S, check: bool = True) -> str:
    """What a command prints; it has to succeed unless `check` is False."""
    done = subprocess.run(
        command, env=environ(), cwd=ROOT, capture_output=True, text=True, timeout=within_s,
        check=False,
    )  # fmt: skip
    assert not check or done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return done.stdout


def image() -> str:
    """Build the image as an operator does; what has been built before is taken from there."""
    if not tool("podman", "images", "--quiet", BASE).strip():
        _make_base()
    tool("make", "image", "IMAGE=--isolation chroot --layers", within_s=BUILD_S)
    # Layers of earlier days.
    tool("podman", "image", "prune", "--force", "--filter", "until=24h")
    return f"yemae:{tool('make', '--silent', 'image-version').strip()}"


def _make_base() -> None:
    with tempfile.TemporaryDirectory(prefix="yemae-base-") as folder:
        root = Path(folder) / "root"
        tool(
            "debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(root),
            within_s=BUILD_S,
        )  # fmt: skip
        (root / "etc/pip.conf").write_text(PIP)
        (root / AUTHORITIES.relative_to("/")).write_bytes(AUTHORITIES.read_bytes())
        packed = str(Path(folder) / "root.tar")
        tool("tar", "--create", "--file", packed, "--directory", str(root), ".")
        tool("podman", "import", packed, BASE, within_s=BUILD_S)


def inspected(name: str) -> dict[str, Any]:
    """What the engine knows of an image."""
    (found,) = json.loads(tool("podman", "image", "inspect", name))
    return dict(found)


def run(name: str, *command: str, options: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a container to its end."""
    return subprocess.run(
        ["podman", "run", "--rm", *HARDENED, *options, name, *command],
        env=environ(), capture_output=True, text=True, timeout=COMMAND_S, check=False,
    )  # fmt: skip


def settings(values: Mapping[str, str]) -> list[str]:
    """The options that set these variables."""
    return [f"--env={name}={value}" for name, value in values.items()]


class Container:
    """A server in a container."""

    def __init__(self, name: str) -> None:
        self.name = name

    def is_healthy(self) -> bool:
        """What the health check of the image says."""
        done = subprocess.run(
            ["podman", "healthcheck", "run", self.name],
            env=environ(), capture_output=True, timeout=COMMAND_S, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._state()["Running"] is True

    def exit_code(self) -> int:
        """How it ended."""
        return int(self._state()["ExitCode"])

    def logs(self) -> str:
        """What it wrote."""
        done = subprocess.run(
            ["podman", "logs", self.name], env=environ(), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=COMMAND_S, check=False,
        )  # fmt: skip
        return done.stdout

    def stop(self, within_s: int) -> int:
        """End it as an engine does, by its stop signal; 137 when it had to be killed."""
        tool("podman", "stop", "--time", str(within_s), self.name)
        return self.exit_code()

    def _state(self) -> dict[str, Any]:
        (found,) = json.loads(tool("podman", "container", "inspect", self.name))
        return dict(found["State"])


@contextmanager
def container(name: str, image_name: str, options: Sequence[str] = ()) -> Iterator[Container]:
    """A server of the image."""
    tool("podman", "rm", "--force", "--ignore", name)
    tool("podman", "run", "--detach", "--name", name, *HARDENED, *options, image_name)
    try:
        yield Container(name)
    finally:
        tool("podman", "rm", "--force", "--time", "30", name)
