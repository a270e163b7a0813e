"""A fresh Debian in a folder, with a network of its own: what an installation finds on a machine.

Needs root. The folder gets this machine's release and its sources of packages. Always holds: mounts
end with the command that they were made for, and the network with the block.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Where apt and pip of this machine find packages, and whom they trust.
SOURCES = ("etc/apt/sources.list", "etc/apt/sources.list.d", "etc/apt/apt.conf.d", "etc/pip.conf",
           "etc/resolv.conf")  # fmt: skip
AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"
VARIABLES = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http", "https", "no_")
MOUNTS = """
set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/dev/shm"
root=$1; shift
exec chroot "$root" "$@"
"""


class FreshDebian:
    """One folder; `network` names its network, or is empty for this machine's."""

    def __init__(self, root: Path, network: str = "") -> None:
        self.root = root
        self.network = network

    def make(self) -> None:
        """Install the smallest Debian of this machine's release."""
        release = dict(
            line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if line
        )
        targets = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
        mirror = subprocess.check_output(targets, text=True).split()[0]
        command = [
            "debootstrap",
            "--variant=minbase",
            release["VERSION_CODENAME"],
            str(self.root),
            mirror,
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for name in SOURCES:
            source, target = Path("/", name), self.root / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            elif source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)

        # Its own package of authorities would overwrite a file of this name.
        shutil.copy(Path("/", AUTHORITIES), self.root / "authorities.crt")

    def command(self, *command: str) -> list[str]:
        """How a command is run inside."""
        within = ["ip", "netns", "exec", self.network] if self.network else []
        unshared = ["unshare", "--mount", "--propagation", "private", "sh", "-c", MOUNTS, "mounts"]
        return [*within, *unshared, str(self.root), *command]

    def run(self, *command: str, text: str = "", **environ: str) -> str:
        """What a command prints that has to succeed."""
        done = subprocess.run(
            self.command(*command), input=text, capture_output=True, text=True, check=False,
            env={**self.environ(), **environ},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @staticmethod
    def environ() -> dict[str, str]:
        """The environment of a login of root, with this machine's ways to packages."""
        kept = {name: it for name, it in os.environ.items() if name.startswith(VARIABLES)}
        return {
            **kept,
            "PIP_CERT": "/authorities.crt",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "LC_ALL": "C.UTF-8",
        }


@contextmanager
def network(name: str) -> Iterator[str]:
    """A network that has its own loopback and nothing else, so every port in it is free."""
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)
