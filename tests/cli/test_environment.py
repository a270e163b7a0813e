"""Commands in a locale, on a terminal or in a folder that is not in UTF-8 or in ASCII."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.command import finish, start, yemae
from helpers.concerts import SMALL, TEXT
from yemae.settings import Settings

TITLE = "첫눈이 오기 전에 — 어쿠스틱"
ENVIRONMENTS = [
    {"LC_ALL": "C"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "euc-kr"},
]


@pytest.fixture
def loaded(tmp_path: Path, named_stores: Settings) -> Path:
    """A concert with a title in Hangul, and the folder of its file."""
    assert named_stores.stores.database_url
    folder = tmp_path / "공연 파일"
    folder.mkdir()
    file = folder / "작은 홀.toml"
    file.write_text(TEXT.format(**SMALL).replace('"Test"', f'"{TITLE}"'), encoding="utf-8")
    assert yemae("concerts", "load", str(file)).code == 0
    return folder


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_names_and_titles_in_hangul_are_written_whatever_the_terminal_takes(
    loaded: Path, environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "yemae", "concerts"]
    environ = {**os.environ, **environment}
    done = subprocess.run([*command, "list"], env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    # Where the terminal has no Hangul, its code points are written.
    encoding = environment.get("PYTHONIOENCODING") or ("ascii" if len(environment) > 1 else "utf-8")
    assert TITLE[:3].encode(encoding, "backslashreplace") in done.stdout
    no_file = [*command, "load", str(loaded / "없는.toml")]
    done = subprocess.run(no_file, env=environ, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"yemae: ")


@pytest.mark.parametrize("environment", ENVIRONMENTS[:2], ids=str)
def test_a_data_folder_in_hangul_is_found_in_any_locale(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    folder = {"YEMAE_DATA_DIR": str(tmp_path / "예매 자료")}
    done = finish(start("migrate", **environment, **folder))
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "예매 자료" / "postgres").is_dir()
