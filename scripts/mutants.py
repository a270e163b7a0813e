"""Removes guards of the waiting room's Lua scripts one by one, and runs the tests against each.

`make mutants` prints every mutant that no test notices; MUTANTS="join admit" takes only these
scripts, MUTANTS="--minutes 5" stops early, and `--tests` names fewer tests. A mutant is a script
with one condition that never holds, one part of a condition left out, or one statement removed. It
runs against the tests of the waiting room that use its script and no database, until one fails:
first those that have killed mutants of the same file, then the others, the fastest first. All runs
share one pytest session, so that Valkey starts once. A test kills a mutant when it fails with it
and passes without.

A mutant that survives needs a test, or its reason in REASONS.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest
from mutation.runs import ROOT, Runs, run_tests, tell

sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from yemae.store.scripts import Script  # noqa: E402
from yemae.store.valkey import Valkey  # noqa: E402
from yemae.waiting_room import admission, counts, losses, passes, places  # noqa: E402

LUA = ROOT / "src/yemae/waiting_room/lua"
TESTS = ("tests/waiting_room",)
# Tests that take longer are left out.
SLOW_S = 1.5
CONDITION = re.compile(r"^(\s*(?:if|elseif)) (.+?) (then\b.*)$")
STATEMENT = re.compile(r"^\s*(?:redis\.call|[a-z_]+)\(.*\)$")
# Survivors that are meant to survive, with the reason.
LOOK = "if not lane.user and not lane.empty then look_for_first(lane) end"
GONE = "if not score then return redis.call('ZREM', SEEN, user) end"
LANE = "if score and lane > 0 and lane ~= lane_of(score) then"
UNMOVED = "if score then unmoved = math.min(unmoved, number_of(score)) end"
KEPT = "if kept == number and ends_at and tonumber(ends_at) > now then return kept, ends_at end"
SAME = "if cursor == '0' and size(larger) <= size(smaller) then return '0' end"
REASONS: dict[str, str] = {
    f"admit: {LOOK} → if not lane.empty then look_for_first(lane) end": "finds the same fan again",
    f"admit: {LOOK} → if not lane.user then look_for_first(lane) end": "finds it empty again",
    f"admit: {GONE} → {GONE.replace('not score', 'false')}": "a tick that goes on has found the "
    "line and the presence to have the same fans",
    f"join: {LANE} → if score and lane > 0 then": "writes the same score again",
    f"admit: {UNMOVED} → {UNMOVED.replace('score then', 'false then')}": "a lane that is not empty "
    "yet has just moved at least as many fans as this call looks at",
    f"prelude: {KEPT} → if false then return kept, ends_at end": "looks at the pass a second time",
    f"recover: {SAME} → if false then return '0' end": "saves a look at a whole part",
    f"recover: {SAME} → if size(larger) <= size(smaller) then return '0' end": "one part has all "
    "members of the other, so parts of one size are equal",
}

# Scripts, or repairs in steps, that would never end: any test notices. These are not run.
DRAWN = "low, width = lane * LANE + index * DRAWN_BLOCK, DRAWN_BLOCK end"
ENDLESS = {
    f"recover: if index < DRAWN / DRAWN_BLOCK then {DRAWN} → if false then {DRAWN}",
    "admit: let_in(lane) → ",
    "recover: if cursor == '0' then task = task + 1 end → if false then task = task + 1 end",
}

SOURCES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(LUA.glob("*.lua"))}
SCRIPTS: list[Script[..., Any]] = [
    value
    for module in (admission, counts, losses, passes, places)
    for value in vars(module).values()
    if isinstance(value, Script)
]


class Mutant(NamedTuple):
    """One line of a Lua file, and what stands in its place."""

    file: str
    line: int
    before: str
    after: str

    def __str__(self) -> str:
        after = self.after.strip() or "(gone)"
        return f"{self.file}.lua:{self.line}: {self.before.strip()}  →  {after}"

    @property
    def key(self) -> str:
        """How REASONS names it."""
        return f"{self.file}: {self.before.strip()} → {self.after.strip()}"

    def scripts(self) -> list[Script[..., Any]]:
        """The scripts that have the line."""
        return [each for each in SCRIPTS if self.file in (each.name, "prelude")]

    def applied(self, text: str) -> str:
        """A script's text with the mutation."""
        source = SOURCES[self.file]
        lines = source.splitlines()
        lines[self.line - 1] = self.after
        assert source in text
        return text.replace(source, "\n".join(lines) + "\n")

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """The scripts are mutated meanwhile."""
        texts = [(script, script.text) for script in self.scripts()]
        for script, text in texts:
            script.text = self.applied(text)
        try:
            yield
        finally:
            for script, text in texts:
                script.text = text


def mutants(file: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    for number, line in enumerate(SOURCES[file].splitlines(), 1):
        if found := CONDITION.match(line):
            before, condition, after = found.groups()
            yield Mutant(file, number, line, f"{before} false {after}")
            parts = re.split(r" (and|or) ", condition)
            if len(parts) > 1 and condition.count("(") == condition.count(")"):
                for i in range(0, len(parts), 2):
                    kept = parts[:i] + parts[i + 2 :] if i < len(parts) - 1 else parts[: i - 1]
                    rest = " ".join(kept)
                    if rest.count("(") == rest.count(")"):
                        yield Mutant(file, number, line, f"{before} {rest} {after}")
        elif STATEMENT.match(line) and line.count("(") == line.count(")"):
            yield Mutant(file, number, line, "")


def is_of_a_room(item: pytest.Item) -> bool:
    """Whether a test has a waiting room and no database, which would take most of its time."""
    fixtures = getattr(item, "fixturenames", ())
    return "room" in fixtures and "database_url" not in fixtures


class Runner(Runs):
    """Runs the collected tests once as they are, then against each mutant."""

    def __init__(self, chosen: list[Mutant], ends_at: float) -> None:
        super().__init__()
        self.chosen = chosen
        self.ends_at = ends_at
        self.survived: list[Mutant] = []
        self.killers: Counter[tuple[str, str]] = Counter()
        self.used: dict[str, set[str]] = {}
        self.is_finished = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything; True: pytest does not run its own loop."""
        self._note_scripts()
        quick = [item for item in session.items if is_of_a_room(item)]
        for item in quick:
            if self.fails(session, item):
                raise pytest.UsageError(f"{item.nodeid} fails without any mutation")
        quick = [item for item in quick if self.seconds[item.nodeid] < SLOW_S]
        quick.sort(key=self.cost_s)
        for n, mutant in enumerate(self.chosen, 1):
            if time.monotonic() > self.ends_at:
                tell(f"stopped: {len(self.chosen) - n + 1} mutants not run")
                break
            word = "killed" if self._try(session, quick, mutant) else "SURVIVED"
            tell(f"{n}/{len(self.chosen)} {word} {mutant}")
        else:
            self.is_finished = True
        self.end(quick[0])
        return True

    def _try(self, session: pytest.Session, items: list[pytest.Item], mutant: Mutant) -> bool:
        """Whether a test kills the mutant."""
        names = {script.name for script in mutant.scripts()}
        items = [item for item in items if names & self.used.get(item.nodeid, set())]
        items.sort(key=lambda item: (mutant.file, item.nodeid) not in self.killers)
        killer = self.killer(session, items, mutant.in_place)
        if killer is None:
            self.survived.append(mutant)
        else:
            self.killers[mutant.file, killer] += 1
        return killer is not None

    def _note_scripts(self) -> None:
        original = Valkey.run

        async def run(valkey: Valkey, call: Any, keys: Any) -> Any:
            self.used.setdefault(self.running, set()).add(call.script.name)
            return await original(valkey, call, keys)

        Valkey.run = run  # type: ignore[method-assign]


def main() -> int:
    """Exit code 1 when a mutant survives that REASONS does not name, when REASONS names one that
    does not survive, or when the run does not finish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="scripts; all without any")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--tests", nargs="*", default=TESTS, help="files or folders of tests")
    given = parser.parse_args()
    files = given.files or list(SOURCES)
    found = [mutant for file in files for mutant in mutants(file)]
    ended = [mutant for mutant in found if mutant.key not in ENDLESS]
    runner = Runner(ended, time.monotonic() + given.minutes * 60)
    run_tests(runner, given.tests)
    survivors = {mutant.key for mutant in runner.survived}
    unexplained = [mutant for mutant in runner.survived if mutant.key not in REASONS]
    explained = {key for key in (*REASONS, *ENDLESS) if key.split(":")[0] in files}
    stale = explained - survivors - {mutant.key for mutant in found if mutant.key in ENDLESS}
    tell(f"{runner.killers.total()} killed, {len(survivors)} survived, of these unexplained:")
    for mutant in unexplained:
        tell(f"  {mutant}")
    if not runner.is_finished:
        return 1
    for key in stale:
        tell(f"explained, and does not survive: {key}")
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    sys.exit(main())
