"""Builds .venv with exactly the pinned packages, then the fan's page, brings the proxies that
tests stand behind, and says what it is doing.

Always holds: `.venv/.yemae.json` is written last, so an environment without it, or whose key
differs, is not trusted and is built anew. The key covers both requirement files, the interpreter
and the folder (environments cannot be moved). Only the standard library is used, because this
runs before anything is installed. `scripts/set-up` starts it.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import page
import proxies

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".yemae.json"
LOG = ROOT / ".make" / "set-up.log"
REQUIREMENTS = {"runtime": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}

# These would send pip's packages somewhere else than .venv, or stop it.
MISLEADING = (
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIRE_VIRTUALENV"),
    *("PIP_NO_DEPS", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_EDITABLE", "PIP_DRY_RUN"),
)

# The kernel refuses a `#!` line with a space or of more than 127 characters, so /bin/sh starts
# Python, which reads the second line as a string.
COMMAND = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys

from yemae.cli import main

sys.exit(main())
"""


class SetUpError(Exception):
    """Setting up cannot go on; the text says why."""


def main(wanted: str) -> int:
    """Make sure that .venv holds the `runtime` or the `dev` packages."""
    if wanted not in REQUIREMENTS:
        raise SetUpError(f"scripts/set-up takes runtime or dev, not {wanted!r}.")
    key = environment_key()
    if is_ready(key, wanted) and page.is_ready(wanted) and proxies.is_ready(wanted):
        return 0
    (ROOT / ".make").mkdir(exist_ok=True)
    with (ROOT / ".make" / "set-up.lock").open("w") as lock:
        take_turn(lock.fileno())
        if not is_ready(key, wanted):
            build(key, wanted, lock.fileno())
        build_page(wanted, lock.fileno())
        bring_proxies(wanted, lock.fileno())
    return 0


def environment_key() -> str:
    """What .venv depends on, as one hash."""
    parts = [sys.version, sys.base_prefix, str(VENV), COMMAND]
    parts += [path.read_text(encoding="utf-8") for path in REQUIREMENTS.values()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def packages_of(key: str) -> list[str]:
    """The sets of packages that a finished .venv with this key holds."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    whole = stamp.get("key") == key and (VENV / "bin" / "yemae").is_file()
    return list(stamp["packages"]) if whole and interpreter_works() else []


def is_ready(key: str, wanted: str) -> bool:
    """Whether nothing needs doing; the dev packages include the runtime ones."""
    return bool({wanted, "dev"} & set(packages_of(key)))


def interpreter_works() -> bool:
    """Whether .venv's Python still starts: its base may have been removed or replaced."""
    try:
        probe = [str(VENV / "bin" / "python"), "-I", "-S", "-c", ""]
        return subprocess.run(probe, capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def take_turn(lock: int) -> None:
    """Wait until no other set-up runs in this checkout."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("waiting for another set-up of this checkout")
        fcntl.flock(lock, fcntl.LOCK_EX)


def build(key: str, wanted: str, lock: int) -> None:
    """Create .venv unless it only lacks packages, install them, and stamp it."""
    extend = bool(packages_of(key))
    STAMP.unlink(missing_ok=True)
    if not extend:
        with step(f"creating .venv with Python {sys.version.split()[0]}"):
            create(lock)
    count = REQUIREMENTS[wanted].read_text(encoding="utf-8").count("==")
    with step(f"installing {count} packages from {REQUIREMENTS[wanted].name}"):
        install(wanted, count, lock)
    with step("linking src/yemae into .venv"):
        link()
    stamp = {"key": key, "packages": [wanted]}
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")


def build_page(wanted: str, lock: int) -> None:
    """Fetch what the page is built with, and build it, each only if something has changed."""
    for one in page.steps(page.node_of(site_packages()), wanted):
        with step(one.what):
            run(one.command, lock, lambda _line: None, page.WEB)
            one.finish()


def bring_proxies(wanted: str, lock: int) -> None:
    """Install the proxies that tests stand behind, where that is possible."""
    if proxies.is_ready(wanted):
        return
    names = " and ".join(proxies.missing())
    with step(f"installing {names} from Debian, for tests behind a proxy"):
        if not proxies.install(lambda command: run(command, lock, lambda _line: None)):
            say("  not possible: those tests are skipped")


def site_packages() -> Path:
    """Where .venv keeps its packages."""
    return next((VENV / "lib").glob("python3.*")) / "site-packages"


def say(text: str) -> None:
    """Print a line at once, also into a pipe."""
    print(f"set-up: {text}", flush=True)  # noqa: T201 - it is all that people see of a set-up


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what begins, and at its end how long it took."""
    started = time.monotonic()
    say(what)
    yield
    say(f"  done in {time.monotonic() - started:.1f} s")


def create(lock: int) -> None:
    """Make an empty environment; whatever lies there was cut off or belongs to another Python."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(VENV)
    run([sys.executable, "-I", "-m", "venv", str(VENV)], lock, lambda _line: None)


def install(wanted: str, count: int, lock: int) -> None:
    """Let pip fetch wheels only: nothing is compiled, and no package's code runs."""
    options = [
        *("--require-hashes", "--only-binary", ":all:", "--no-deps", "--no-input"),
        *("--progress-bar", "off", "--disable-pip-version-check"),
    ]
    python = [str(VENV / "bin" / "python"), "-I", "-u"]
    pip = [*python, "-m", "pip", "install", *options, "-r", str(REQUIREMENTS[wanted])]
    run(pip, lock, Progress(count))


class Progress:
    """Turns pip's several lines for each package into a few."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.collected = 0
        self.said_at = time.monotonic()

    def __call__(self, line: str) -> None:
        """Take one line of pip's and say something when there is something to say."""
        words = line.split()
        if words[:1] == ["Collecting"]:
            self.collected += 1
            if time.monotonic() - self.said_at > 2:
                self.say(f"{self.collected} of {self.count} fetched")
        elif words[:1] == ["Downloading"] and words[-1:] == ["MB)"]:
            name = "-".join(words[1].rsplit("/", 1)[-1].split("-")[:2])
            self.say(f"downloading {name} {words[-2]} {words[-1]}")
        elif line.startswith("Installing collected"):
            self.say("all fetched, unpacking")

    def say(self, text: str) -> None:
        """Print one indented line."""
        self.said_at = time.monotonic()
        say(f"  {text}")


def run(command: list[str], lock: int, hear: Callable[[str], None], folder: Path = ROOT) -> None:
    """Run to the end; its output goes to the log and, line by line, to `hear`.

    The child keeps the lock open: if this process is killed, the next set-up waits until the
    child is gone, too, instead of writing into the same folder.
    """
    environ = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    environ["PIP_USER"] = "0"
    # Node trusts whom the machine trusts, as pip does, and not only those it was built with.
    environ["NODE_USE_SYSTEM_CA"] = "1"
    with (
        LOG.open("w" if "venv" in command else "a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environ,
            cwd=folder,
            pass_fds=[lock],
        ) as child,
    ):
        assert child.stdout is not None
        lines = []
        for line in child.stdout:
            log.write(line)
            hear(line)
            lines.append(line.rstrip())
    if child.returncode:
        errors = [line for line in lines if line.startswith(("ERROR:", "npm error "))]
        reasons = errors[:6] or lines[-5:]
        raise SetUpError("\n  ".join(["setting up failed:", *reasons, f"Whole output: {LOG}"]))


def link() -> None:
    """Put the checkout on the path and write the `yemae` command, without any build tool."""
    # Python reads this file in the locale's encoding, which may be ASCII, and names files in it.
    path = f"import os, sys; sys.path.append(os.fsdecode({os.fsencode(ROOT / 'src')!r}))\n"
    (site_packages() / "yemae.pth").write_text(path, encoding="ascii")
    command = VENV / "bin" / "yemae"
    command.write_text(COMMAND.format(python=VENV / "bin" / "python"), encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1] if len(sys.argv) == 2 else ""))
    except SetUpError as error:
        sys.exit(f"yemae: {error}")
    except OSError as error:
        sys.exit(f"yemae: setting up failed: {error}.")
    except KeyboardInterrupt:
        sys.exit("\nyemae: set-up stopped; the next try starts over.")
