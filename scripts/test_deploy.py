"""Runs the tests marked `deployment`: what deploy/ ships, as it is shipped (`make test-deploy`).

Always holds: a program that is missing is installed, as root on Debian, or named, and then nothing
runs. Arguments go to pytest.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The Debian package that has each program that the tests start.
PACKAGES = {
    "buildah": "buildah",
    "debootstrap": "debootstrap",
    "docker-compose": "docker-compose",
    "etcd": "etcd-server",
    "haproxy": "haproxy",
    "ip": "iproute2",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "podman": "podman",
    "promtool": "prometheus",
    "rsync": "rsync",
    "runc": "runc",
    "systemd-analyze": "systemd",
}
# Python programs that the tests start: each in an environment of its own, .make/NAME.
ENVIRONMENTS = {"patroni": ROOT / "tests" / "deploy" / "patroni.txt"}
# Keeps apt from starting the services of these packages: each test starts what it needs.
POLICY = Path("/usr/sbin/policy-rc.d")


def main(arguments: list[str]) -> int:
    """The exit code of pytest, or 2 where a program is missing that can't be installed."""
    if packages := lacking():
        say("installing", *packages)
        if not install(packages):
            say("type: sudo apt-get install", *packages)
            return 2
    for name, requirements in ENVIRONMENTS.items():
        make_environment(ROOT / ".make" / name, requirements)
    options = ["-m", "deployment", "-p", "no:randomly", "-v", "--timeout=1800"]
    pytest = [sys.executable, "-m", "pytest", *options]
    return subprocess.run([*pytest, *(arguments or ["tests"])], cwd=ROOT, check=False).returncode


def say(*words: str) -> None:
    """One line of progress."""
    sys.stderr.write(" ".join(["test-deploy:", *words]) + "\n")


def lacking() -> list[str]:
    """The Debian packages of the programs that this machine does not have, each once."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    missing = [program for program in PACKAGES if shutil.which(program, path=path) is None]
    return sorted({PACKAGES[program] for program in missing})


def install(packages: list[str]) -> bool:
    """Whether apt-get installed them; only root can."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    try:
        apt("update", "-q")
        return apt("install", "-y", "-q", "--no-install-recommends", *packages) == 0
    finally:
        if ours:
            POLICY.unlink()


def make_environment(folder: Path, requirements: Path) -> None:
    """Install what the file says in the folder, unless that was done."""
    done = folder / "installed"
    if done.exists() and done.read_text() == requirements.read_text():
        return
    say("installing", requirements.name)
    uv = Path(sys.executable).with_name("uv")
    # The certificates of the system, as set_up.py and apt-get have them.
    quiet = [str(uv), "--quiet", "--system-certs"]
    subprocess.run([*quiet, "venv", "--clear", "--python", sys.executable, folder], check=True)
    install = [*quiet, "pip", "install", "--python", folder / "bin" / "python"]
    subprocess.run([*install, "--require-hashes", "-r", requirements], check=True)
    done.write_text(requirements.read_text())


def apt(*arguments: str) -> int:
    """The exit code of apt-get, which asks nothing."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", *arguments]
    return subprocess.run(
        command, check=False, env=environment, stdout=subprocess.DEVNULL
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
