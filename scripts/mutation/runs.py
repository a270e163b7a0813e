"""Runs tests again and again in one pytest session, so that PostgreSQL and Valkey start once."""

import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
# A test that takes longer fails: with a mutation it may wait for what never comes.
TEST_MAX_S = 30


def tell(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


class Runs:
    """A pytest plugin that runs a session's tests as its own loop says."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.set_up_s: Counter[str] = Counter()
        self.running = ""
        self._failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a test went."""
        if report.failed:
            self._failed = True
        if report.when == "call":
            self.seconds[report.nodeid] = report.duration
        elif report.when == "setup":
            self.set_up_s[report.nodeid] = report.duration

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str]:
        """No letter for any test."""
        return report.outcome, "", ""

    def cost_s(self, item: pytest.Item) -> float:
        """How long a test took, with what it needs."""
        return self.set_up_s[item.nodeid] + self.seconds[item.nodeid]

    def fails(self, session: pytest.Session, item: pytest.Item) -> bool:
        """Run a test; what the session does not share is torn down after it."""
        self._failed = False
        self._run(item, session)
        return self._failed

    def killer(
        self,
        session: pytest.Session,
        items: Iterable[pytest.Item],
        in_place: Callable[[], AbstractContextManager[object]],
    ) -> str | None:
        """The first test that fails with the mutation in place, and passes without: on a busy
        machine a test may fail without any."""
        for item in items:
            with in_place():
                failed = self.fails(session, item)
            if failed and not self.fails(session, item):
                return item.nodeid
        return None

    def end(self, item: pytest.Item) -> None:
        """Tear down what the session shares."""
        self._run(item, None)
        self._failed = False

    def _run(self, item: pytest.Item, following: pytest.Session | None) -> None:
        self.running = item.nodeid
        signal.alarm(TEST_MAX_S)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        signal.alarm(0)


class TookTooLong(BaseException):
    """A test did not end; no driver takes this for the timeout of a store, and tries again."""


def _too_long(_signal: int, _frame: object) -> None:
    raise TookTooLong


def run_tests(plugin: Runs, tests: Sequence[str]) -> None:
    """Collect the tests and hand them to the plugin."""
    signal.signal(signal.SIGALRM, _too_long)
    options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--tb=no", "--no-header"]
    paths = [str(ROOT / each) for each in tests]
    pytest.main([*options, "--no-summary", *paths], plugins=[plugin])
