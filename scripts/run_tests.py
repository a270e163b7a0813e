"""Runs all tests with branch coverage, and what fails once more, alone (`make test`).

Many tests start servers and stores of their own, beside other tests on the same processors. One
that fails there and passes alone is unsteady: it is named, and it is a fault of its own. A test
that fails twice fails the run, as do more than AGAIN_MAX that fail once, and low coverage.
Arguments go to pytest's first run.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

AGAIN_MAX = 10
TESTS_FAILED = 1  # an exit code of pytest


def main(arguments: list[str]) -> int:
    """The exit code of pytest, or of coverage."""
    with tempfile.TemporaryDirectory(prefix="yemae-tests-") as name:
        folder = Path(name)
        # Server processes that root starts work as another user, who has to write their coverage.
        folder.chmod(0o1777)
        kept = {"COVERAGE_FILE": str(folder / "coverage")}
        pytest = ["pytest", "-o", f"cache_dir={folder / 'cache'}"]
        report = ["--cov", "--cov-report=term-missing:skip-covered"]
        code = run([*pytest, *report, *arguments], kept)
        failed = failures(folder / "cache/v/cache/lastfailed")
        if code != TESTS_FAILED or not 0 < len(failed) <= AGAIN_MAX:
            return code
        if code := run(["coverage", "report", "--format=total"], kept):
            return code
        sys.stderr.write("Unsteady, unless they fail again, alone:\n")
        sys.stderr.writelines(f"  {test}\n" for test in failed)
        return run([*pytest, *failed], {})


def run(command: list[str], more: dict[str, str]) -> int:
    """Run a module of Python."""
    environ = {**os.environ, **more}
    return subprocess.run([sys.executable, "-m", *command], env=environ, check=False).returncode


def failures(last: Path) -> list[str]:
    """The tests that failed, as pytest's cache has them."""
    return sorted(json.loads(last.read_text())) if last.exists() else []


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
