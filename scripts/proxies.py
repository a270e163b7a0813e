"""Brings nginx, HAProxy, PgBouncer and OpenSSL from Debian, for the tests behind a real proxy.

Always holds: a machine that cannot have them (not Debian, not root, no network) is no reason to
stop; those tests are then skipped and say what to type. Installing starts no service. An attempt
that failed is not repeated before `make clean`. Only the standard library is used.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRIED = ROOT / ".make" / "proxies-tried"
NAMES = ("nginx", "haproxy", "pgbouncer", "openssl")
# Debian keeps them where only root's path looks.
PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
# Asked by Debian's packages before they start their service; 101 is "do not".
POLICY = Path("/usr/sbin/policy-rc.d")
NO_SERVICE = "#!/bin/sh\nexit 101\n"
APT = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=60"]


def missing() -> list[str]:
    """Which of them this machine lacks."""
    return [name for name in NAMES if shutil.which(name, path=PLACES) is None]


def is_ready(wanted: str) -> bool:
    """Whether nothing is left to try."""
    can = os.geteuid() == 0 and shutil.which("apt-get") is not None
    return wanted != "dev" or not can or TRIED.exists() or not missing()


def install(run: Callable[[list[str]], None]) -> bool:
    """Install what is missing; `run` raises when a command fails. Returns whether it is there."""
    TRIED.touch()
    wanted = ["install", "--no-install-recommends", *missing()]
    with _no_service():
        for steps in ((wanted,), (["update"], wanted)):
            with suppress(Exception):
                for step in steps:
                    run(["env", "DEBIAN_FRONTEND=noninteractive", *APT, *step])
            if not missing():
                TRIED.unlink()
                return True
    return False


@contextmanager
def _no_service() -> Iterator[None]:
    """Keep the packages from starting their services, which would take port 80."""
    try:
        with POLICY.open("x", encoding="utf-8") as policy:
            policy.write(NO_SERVICE)
    except OSError:
        # The machine has a policy of its own, or none can be written.
        yield
        return
    try:
        POLICY.chmod(0o755)
        yield
    finally:
        POLICY.unlink(missing_ok=True)
