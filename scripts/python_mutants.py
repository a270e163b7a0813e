"""Changes functions of the sale one by one, and runs the tests that reach the change against each.

`make mutants-python` prints every mutant that no test notices; MUTANTS="src/yemae/wallet" takes
this folder or file only, MUTANTS="--minutes 5" stops early, `--part 0/2` takes every second mutant,
for two runs side by side, and `--tests` names other tests. `scripts/mutation/functions.py` says
what a mutant is. Those that mypy refuses are not run. A mutant runs against the
tests that have reached its statement in their own process, the likeliest and quickest first, until
one fails with it and passes without. Verdicts are kept in the folder --results, so that a run that
was cut off goes on. A changed function is run again; changed tests need `--again`, which runs what
was not killed.
"""

import argparse
import ast
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
from mutation.functions import Change, Place, changes, line_of, mutated, places, statement_of
from mutation.in_place import in_place, noted
from mutation.runs import ROOT, Runs, run_tests, tell
from mutation.typed import refused

sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

NOUNS = ("wallet", "orders", "payments", "sale", "waiting_room")
FILES = tuple(f"src/yemae/{name}" for name in NOUNS)
MORE = (
    *("checkouts", "races", "jobs", "door", "back_office"),
    *("webhooks", "accounts", "http/fan", "http/operator"),
)
TESTS = tuple(f"tests/{name}" for name in (*NOUNS, *MORE))
RESULTS = ROOT / ".make/mutants"
# Tests that take longer are left out.
SLOW_S = 4.0
# At the most as many tests run against one mutant.
TESTS_MAX = 60
KILLED, SURVIVED, NOT_REACHED, NO_FUNCTION = "killed", "SURVIVED", "NOT REACHED", "not run"


class Mutant(NamedTuple):
    """A function with one change."""

    place: Place
    change: Change

    def __str__(self) -> str:
        before = ast.unparse(self.place.node).splitlines()
        after = ast.unparse(mutated(self.place, self.change)).splitlines()
        changed = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
        words = "  →  ".join(line.strip() for line in changed[0]) if changed else ""
        return f"{self.function}:{line_of(self.place, self.change)} {words} ({self.change.kind})"

    @property
    def function(self) -> str:
        """The function's full name."""
        return f"{self.place.module}.{self.place.name}"

    @property
    def key(self) -> str:
        """Its name in the results: another one once the function has changed."""
        change = f"{self.change.number} {self.change.kind}"
        return f"{self.function} {digest(ast.unparse(self.place.node))} {change}"


def digest(text: str) -> str:
    """Eight characters that another text does not have."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


class Results:
    """What is known of mutants and tests, in a folder. Which lines a test reaches is known for
    the sources that it ran with only."""

    def __init__(self, folder: Path, sources: Iterable[Path]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._types, self._verdicts = folder / "types.json", folder / "verdicts.jsonl"
        texts = "".join(path.read_text() for path in sorted(set(sources)))
        self._tests = folder / f"tests-{digest(texts)}.json"

    def refused(self, mutants: list[Mutant]) -> set[str]:
        """The keys of those that mypy refuses."""
        known = json.loads(self._types.read_text()) if self._types.exists() else {}
        if new := [mutant for mutant in mutants if mutant.key not in known]:
            tell(f"mypy looks at {len(new)} mutants")
            found = refused([(mutant.place, mutant.change) for mutant in new])
            known |= {mutant.key: index in found for index, mutant in enumerate(new)}
            self._types.write_text(json.dumps(known))
        return {key for key, is_refused in known.items() if is_refused}

    def verdicts(self) -> dict[str, str]:
        """The verdicts by key."""
        if not self._verdicts.exists():
            return {}
        rows = map(json.loads, self._verdicts.read_text().splitlines())
        return {row["key"]: row["verdict"] for row in rows}

    def add(self, mutant: Mutant, verdict: str, by: str) -> None:
        """Keep a verdict."""
        row = {"key": mutant.key, "verdict": verdict, "mutant": str(mutant), "by": by}
        with self._verdicts.open("a") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def read_tests(self, runner: "Runner") -> bool:
        """Which tests reach what, from a run before; False: there was none."""
        if not self._tests.exists():
            return False
        data = json.loads(self._tests.read_text())
        runner.reached = {(module, line): set(tests) for module, line, tests in data["reached"]}
        runner.seconds.update(data["seconds"])
        runner.set_up_s.update(data["set_up_s"])
        return True

    def keep_tests(self, runner: "Runner") -> None:
        """Keep which tests reach what."""
        reached = [[*place, sorted(tests)] for place, tests in runner.reached.items()]
        data = {"reached": reached, "seconds": runner.seconds, "set_up_s": runner.set_up_s}
        self._tests.write_text(json.dumps(data))


class Runner(Runs):
    """Runs the collected tests once with notes, then against each mutant."""

    def __init__(
        self, places_: list[Place], chosen: list[Mutant], results: Results, ends_at: float
    ) -> None:
        super().__init__()
        self.places, self.chosen, self.results, self.ends_at = places_, chosen, results, ends_at
        self.reached: dict[tuple[str, int], set[str]] = {}
        self.killers: Counter[tuple[str, str]] = Counter()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run everything; True: pytest does not run its own loop."""
        if not self.results.read_tests(self):
            with noted(self.places, self._note):
                for item in session.items:
                    if self.fails(session, item):
                        tell(f"left out, because it fails without any mutation: {item.nodeid}")
                        self.seconds[item.nodeid] = float("inf")
            self.results.keep_tests(self)
        quick = sorted(session.items, key=self.cost_s)
        quick = [item for item in quick if self.cost_s(item) < SLOW_S]
        for n, mutant in enumerate(self.chosen, 1):
            if time.monotonic() > self.ends_at:
                tell(f"stopped: {len(self.chosen) - n + 1} mutants not run")
                break
            verdict, by = self._verdict(session, quick, mutant)
            self.results.add(mutant, verdict, by)
            tell(f"{n}/{len(self.chosen)} {verdict} {mutant}")
        self.end(quick[0])
        return True

    def _note(self, module: str, line: int) -> None:
        self.reached.setdefault((module, line), set()).add(self.running)

    def _verdict(
        self, session: pytest.Session, items: list[pytest.Item], mutant: Mutant
    ) -> tuple[str, str]:
        place = partial(in_place, mutant.place, mutated(mutant.place, mutant.change))
        try:
            with place():
                pass
        except (LookupError, ValueError) as error:
            return NO_FUNCTION, str(error)
        at = (mutant.place.module, statement_of(mutant.place, mutant.change))
        items = [item for item in items if item.nodeid in self.reached.get(at, ())]
        items.sort(key=lambda item: -self.killers[mutant.function, item.nodeid])
        killer = self.killer(session, items[:TESTS_MAX], place)
        if killer is None:
            return (SURVIVED, f"{len(items[:TESTS_MAX])} tests") if items else (NOT_REACHED, "")
        self.killers[mutant.function, killer] += 1
        return KILLED, killer


def main() -> int:
    """Exit code 1 when a mutant survives, is not reached, or was not run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=FILES, help="files or folders of src")
    parser.add_argument("--tests", nargs="*", default=TESTS, help="files or folders of tests")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--again", action="store_true")
    given = parser.parse_args()
    found = [place for each in given.files for place in places(ROOT / each, ROOT / "src")]
    mutants = [Mutant(place, change) for place in found for change in changes(place.node)]
    results = Results(given.results, (place.path for place in found))
    bad = results.refused(mutants)
    typed = [mutant for mutant in mutants if mutant.key not in bad]
    verdicts = results.verdicts()
    done = {key for key, verdict in verdicts.items() if verdict == KILLED or not given.again}
    part, parts = map(int, given.part.split("/"))
    chosen = [mutant for mutant in typed if mutant.key not in done][part::parts]
    tell(
        f"{len(mutants)} mutants, {len(mutants) - len(typed)} refused by mypy, {len(chosen)} to run"
    )
    if chosen:
        ends_at = time.monotonic() + given.minutes * 60
        run_tests(Runner(found, chosen, results, ends_at), given.tests)
    verdicts = results.verdicts()
    count = Counter(verdicts.get(mutant.key, "open") for mutant in typed)
    tell(", ".join(f"{n} {verdict}" for verdict, n in count.most_common()))
    for mutant in typed:
        if verdicts.get(mutant.key) in {SURVIVED, NOT_REACHED}:
            tell(f"  {verdicts[mutant.key]} {mutant}")
    return 0 if set(count) <= {KILLED} else 1


if __name__ == "__main__":
    sys.exit(main())
