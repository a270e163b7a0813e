"""`make test` runs what failed once more, alone: what passes then is named, the rest fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.pages import ROOT

SETTINGS = """
[tool.pytest.ini_options]
testpaths = ["."]
[tool.coverage.run]
source = ["house"]
[tool.coverage.report]
fail_under = 80
"""
HOUSE = "def rooms():\n    return 3\n"
TESTS = """
from pathlib import Path
from house import rooms
def test_steady(): assert rooms() == 3
def test_unsteady():
    tried = Path("tried")
    seen = tried.exists()
    tried.touch()
    assert seen
"""


def run_tests(folder: Path, tests: str, house: str = HOUSE) -> subprocess.CompletedProcess[str]:
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / "house.py").write_text(house)
    (folder / "test_house.py").write_text(tests)
    script = ROOT / "scripts" / "run_tests.py"
    return subprocess.run(
        [sys.executable, str(script), "-p", "pytest_cov"],
        cwd=folder,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_test_that_passes_alone_is_named_as_unsteady(tmp_path: Path) -> None:
    done = run_tests(tmp_path, TESTS)
    assert done.returncode == 0, done.stdout
    assert "Unsteady" in done.stderr
    assert "test_house.py::test_unsteady\n" in done.stderr
    assert "test_steady\n" not in done.stderr
    assert "1 passed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("tests", "house"),
    [
        (TESTS + "def test_wrong(): assert False\n", HOUSE),
        (TESTS + "".join(f"def test_{n}(): assert False\n" for n in range(10)), HOUSE),
        (TESTS, HOUSE + "def doors():\n" + "    print(1)\n" * 5),
    ],
    ids=["fails twice", "too many", "coverage"],
)
def test_nothing_else_that_fails_is_forgiven(tmp_path: Path, tests: str, house: str) -> None:
    assert run_tests(tmp_path, tests, house).returncode in (1, 2)
