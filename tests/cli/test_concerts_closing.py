"""`yemae concerts closing-report` and `check-report`: the file, and what is said of it."""

import hashlib
from pathlib import Path

import pytest

from helpers.command import yemae


@pytest.mark.usefixtures("hall")
def test_a_report_is_written_and_known_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = yemae("concerts", "closing-report", "hall")
    file = tmp_path / "hall-closing-report.zip"
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert done == (
        0,
        f"hall-closing-report.zip written, SHA-256 {digest}\neverything adds up\n",
        "",
    )
    assert yemae("concerts", "check-report", str(file)).out.endswith(
        "as this server has sealed it\n"
    )
    file.write_bytes(file.read_bytes()[:-10])
    checked = yemae("concerts", "check-report", str(file))
    assert (checked.code, checked.out) == (1, f"{file}: it is no closing report\n")


@pytest.mark.usefixtures("hall")
def test_what_cannot_be_done_is_one_sentence(tmp_path: Path) -> None:
    done = yemae("concerts", "closing-report", "nowhere")
    assert (done.code, done.err.count("\n")) == (2, 1)
    done = yemae("concerts", "check-report", str(tmp_path / "none.zip"))
    assert (done.code, done.err) == (
        2,
        f"yemae: {tmp_path}/none.zip cannot be read: No such file or directory.\n",
    )
