"""Child processes: where they write, and that none is left behind."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from yemae.embedded import children
from yemae.embedded.account import SystemUser
from yemae.embedded.children import own, start_child, wheel
from yemae.store.errors import StoreError

UNPRIVILEGED = SystemUser(
    65_534, 65_534, ("--reuid", "65534", "--regid", "65534", "--clear-groups")
)
for_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@for_root
def test_a_folder_that_root_restored_is_given_to_the_account(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "base").mkdir(parents=True)
    (tmp_path / "postgres" / "base" / "1").touch()
    own(tmp_path / "postgres", UNPRIVILEGED)
    owners = {path.stat().st_uid for path in (tmp_path / "postgres").rglob("*")}
    assert owners == {UNPRIVILEGED.uid}


def test_a_full_log_is_kept_once_and_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LOG_MAX_BYTES", 8)
    for text in ("a first long line", "second"):
        start_child(["echo", text], end=signal.SIGTERM, log=tmp_path / "log").wait()
    assert (tmp_path / "log").read_text() == "second\n"
    assert (tmp_path / "log.1").read_text() == "a first long line\n"


def test_a_child_sits_in_a_session_of_its_own() -> None:
    child = start_child(["sleep", "60"], end=signal.SIGTERM)
    assert os.getsid(child.pid) == child.pid
    child.kill()
    child.wait()


def test_a_process_that_stays_is_named(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=tmp_path) as stays:
        with pytest.raises(StoreError, match=rf"process {stays.pid}\) still uses"):
            children.outlive(tmp_path, "sleep", signal.SIGCONT, 0.1)
        stays.kill()
    children.outlive(tmp_path, "sleep", signal.SIGCONT, 0.1)


def test_a_wheel_that_is_not_there_is_named() -> None:
    with pytest.raises(StoreError, match="no_such_wheel is not installed"):
        wheel("no_such_wheel")
