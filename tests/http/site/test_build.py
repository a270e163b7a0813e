"""The page's build: from Python alone, again only after a change, and into the wheel."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from helpers.pages import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the page is built of; the packages are those of this checkout."""
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules"))
    (tmp_path / "web" / "node_modules").symlink_to(ROOT / "web" / "node_modules")
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "page.py", tmp_path / "scripts")
    shutil.copy(ROOT / "openapi.json", tmp_path)
    (tmp_path / "src" / "yemae").mkdir(parents=True)
    return tmp_path


def build(checkout: Path) -> float:
    """Build without anything on the path; gives back when the page was made."""
    command = [sys.executable, "scripts/page.py", "build"]
    environ = {**os.environ, "PATH": "/nowhere"}
    subprocess.run(command, cwd=checkout, env=environ, check=True)
    assert (checkout / "src" / "yemae" / "page" / "index.html").is_file()
    return (checkout / "src" / "yemae" / "page" / "built.json").stat().st_mtime_ns


def test_the_page_is_built_without_a_node_of_the_machine_and_only_when_it_has_changed(
    checkout: Path,
) -> None:
    first = build(checkout)
    assert build(checkout) == first
    words = checkout / "web" / "src" / "fan" / "i18n" / "shell.ts"
    words.write_text(words.read_text().replace("예매 홈", "예매 첫 화면"))
    second = build(checkout)
    assert second > first
    assets = checkout / "src" / "yemae" / "page" / "assets"
    # The page itself, beside what the bundler calls `index-client`.
    scripts = [each for each in assets.glob("index-*.js") if "-client-" not in each.name]
    assert len(scripts) == 1, "the old page is gone"
    texts = [each.read_text() for each in assets.glob("*.js")]
    assert any("예매 첫 화면" in text for text in texts)
    assert not any("예매 홈" in text for text in texts)
    # A build that was cut off left no stamp, or half of one.
    (checkout / "src" / "yemae" / "page" / "built.json").write_text('{"key"')
    assert build(checkout) > second


def test_a_wheel_carries_the_page(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"yemae/page/index.html", "yemae/page/routes.json"} <= names
    assert any(name.startswith("yemae/page/assets/") for name in names)
    assert not any("node_modules" in name for name in names)


def test_no_lock_says_where_packages_come_from() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert text.count('"integrity"') > 100
