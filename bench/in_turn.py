"""Before and after in one run: the benches of two commits, each row of one beside the other's.

The tree of the earlier commit is a git worktree under `.make/before`, with an environment of its
own that its own `scripts/set-up` makes. Each side (`bench/side.py`) has a server and stores; while
one is measured the other one waits.
"""

import asyncio
import os
import re
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bench.results import ROOT
from bench.rounds import Probe
from bench.timed import Shot

TREES = ROOT / ".make" / "before"
SIDE = ROOT / "bench" / "side.py"
# The rows of the earlier commit, and what the later one should reach beside them.
BEFORE = "@before"
SAME = 0.97
# Rows of the stores alone, in which the server has no part.
OF_STORES = ("lua_", "pgbench_")
# The longest line that a side writes.
LINE_MAX = 1 << 20


class BeforeError(Exception):
    """There is no such commit, its tree can't be set up, or its bench has failed."""


class Side(NamedTuple):
    """One running bench, and the rows that it has: name to what it is."""

    process: Process
    rows: Mapping[str, str]

    async def measure(self, name: str) -> Shot:
        """One run of a row. Raises BeforeError."""
        assert self.process.stdin
        self.process.stdin.write(name.encode() + b"\n")
        return msgspec.json.decode(await _line(self.process), type=Shot)


@asynccontextmanager
async def sides(commit: str, options: Mapping[str, Any]) -> AsyncIterator[tuple[Side, Side]]:
    """The bench of a commit and the present one; both stores are reconciled at the end. Raises
    BeforeError."""
    before = tree_of(commit)
    async with (
        _side(before, before / ".venv/bin/python", options) as old,
        _side(ROOT, Path(sys.executable), options) as new,
    ):
        yield old, new


def tree_of(commit: str) -> Path:
    """The tree of a commit, ready to run. Raises BeforeError."""
    known = _run(f"commit {commit}", "git", "rev-parse", "--verify", f"{commit}^{{commit}}")
    tree = TREES / known[:12]
    if not tree.exists():
        _run("the worktree", "git", "worktree", "prune")
        _run("the worktree", "git", "worktree", "add", "--detach", str(tree), known)
    _run("the environment", "scripts/set-up", "dev", folder=tree)
    return tree


def in_turn(old: Side, new: Side, names: Sequence[str]) -> list[Probe]:
    """Each row of the old side, followed by the same row of the new one beside it. Raises
    ValueError."""
    if unknown := set(names) - (new.rows.keys() & old.rows.keys()):
        raise ValueError(f"no such row: {', '.join(sorted(unknown))}")
    both = [name for name in new.rows if name in old.rows and not name.startswith(OF_STORES)]
    probes: list[Probe] = []
    for name in names or both:
        before, what = f"{name}{BEFORE}", new.rows[name]
        probes.append(Probe(before, what, partial(old.measure, name)))
        probes.append(Probe(name, what, partial(new.measure, name), before, SAME))
    return probes


@asynccontextmanager
async def _side(tree: Path, python: Path, options: Mapping[str, Any]) -> AsyncIterator[Side]:
    # Safe path: modules beside the script have names of the standard library.
    process = await asyncio.create_subprocess_exec(
        *(python, "-P", SIDE, msgspec.json.encode(options)),
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        stdin=PIPE,
        stdout=PIPE,
        limit=LINE_MAX,
    )
    assert process.stdin
    try:
        yield Side(process, msgspec.json.decode(await _line(process), type=dict[str, str]))
    finally:
        # The end of its input: it reconciles its stores, and ends its server.
        process.stdin.close()
        code = await process.wait()
    if code:
        raise BeforeError(f"the bench in {tree} has failed")


async def _line(process: Process) -> bytes:
    assert process.stdout
    if line := await process.stdout.readline():
        return line
    raise BeforeError("the bench of a side has ended")


def _run(what: str, *command: str, folder: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        last = re.findall(r"\S.*", done.stderr or done.stdout)[-1:]
        raise BeforeError(f"{what}: {last[0] if last else 'failed'}")
    return done.stdout.strip()
