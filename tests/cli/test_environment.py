"""Commands in a locale, on a terminal or in a folder that is not in UTF-8 or in ASCII."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.command import finish, start
from helpers.concerts import SMALL, TEXT
from yemae.settings import Settings

TITLE = "첫눈이 오기 전에 — 어쿠스틱"
ENVIRONMENTS = [
    {"LC_ALL": "C"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "euc-kr"},
]


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=" ".join)
def test_names_and_titles_in_hangul_are_written_whatever_the_terminal_takes(
    tmp_path: Path, in_house: Settings, environment: dict[str, str]
) -> None:
    assert in_house.database_url
    folder = tmp_path / "공연 파일"
    folder.mkdir()
    file = folder / "작은 홀.toml"
    file.write_text(TEXT.format(**SMALL).replace('"Test"', f'"{TITLE}"'), encoding="utf-8")
    for command in (
        ["concerts", "load", str(file)],
        ["concerts", "list"],
        ["concerts", "list", "--json"],
        ["queue", "show", "hall"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "yemae", *command],
            env={**os.environ, **environment},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b""), command
    missing = finish(start("concerts", "load", str(folder / "없는.toml"), **environment))
    assert missing.code == 2
    assert missing.err.startswith("yemae: ")


@pytest.mark.parametrize("environment", ENVIRONMENTS[:2], ids=" ".join)
def test_a_data_folder_in_hangul_is_found_in_any_locale(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    folder = {"YEMAE_DATA_DIR": str(tmp_path / "예매 자료")}
    done = finish(start("migrate", **environment, **folder))
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "예매 자료" / "postgres").is_dir()
