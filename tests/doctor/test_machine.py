"""What is found on this machine: the data folder, its disk, the limit of open files, variables."""

import os
import pwd
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from yemae.base.open_files import RESERVED_FILES
from yemae.doctor import machine
from yemae.settings import Settings

MB = 1_000_000
ALL_NAMED = {
    "database_url": "postgresql://db/yemae",
    "valkey_url": "valkey://valkey",
    "secret_key": "k" * 32,
}
# Some other user than the one of the tests; whether there is such a user makes no difference.
STRANGER = 65_533


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder as a server leaves it."""
    folder = tmp_path / "data"
    for path in (folder, *(folder / name for name in machine.PRIVATE)):
        path.mkdir(mode=0o700)
    return folder


def of(folder: Path, **values: object) -> Settings:
    return Settings().replace(data_dir=folder, **values)


def name(finding: object) -> str:
    return f"{finding.check}.{finding.reason}"  # type: ignore[attr-defined]


def test_a_folder_of_this_user_that_is_closed_is_right(folder: Path) -> None:
    found = machine.check_data_folder(of(folder))
    assert name(found) == "data_folder.right"
    assert found.values["owner"] == pwd.getpwuid(os.geteuid()).pw_name


def test_a_folder_that_nothing_is_kept_in_is_not_looked_at(tmp_path: Path) -> None:
    assert name(machine.check_data_folder(of(tmp_path, **ALL_NAMED))) == "data_folder.unused"
    assert name(machine.check_data_folder(of(tmp_path / "none"))) == "data_folder.none"


@pytest.mark.parametrize(("inside", "mode"), [("", 0o770), ("postgres", 0o750), ("log", 0o705)])
def test_a_folder_that_others_may_use_is_named_with_its_mode(
    folder: Path, inside: str, mode: int
) -> None:
    (folder / inside).chmod(mode)
    found = machine.check_data_folder(of(folder))
    assert (name(found), found.state) == ("data_folder.open", "warning")
    assert found.cure == f"chmod go-rwx {folder / inside}"
    assert found.values["mode"] == f"0{mode:o}"


def test_a_data_folder_that_others_may_list_is_right(folder: Path) -> None:
    """As systemd makes it, and as root's server does: all that is in it is closed."""
    folder.chmod(0o755)
    assert name(machine.check_data_folder(of(folder))) == "data_folder.right"


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can give a folder away.")
@pytest.mark.parametrize("inside", ["", "postgres", "secret.key"])
def test_a_folder_of_another_user_is_a_failure_for_an_ordinary_one(
    folder: Path, inside: str
) -> None:
    (folder / "secret.key").touch()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, STRANGER, STRANGER)
    os.chown(folder / inside, 0, 0)
    said = as_stranger(folder)
    assert said.startswith("data_folder.foreign failure")
    assert f"{folder / inside} belongs to root" in said


def as_stranger(folder: Path) -> str:
    """The finding of another user, whose process has imported all before it becomes that user."""
    for above in (folder.parent, *folder.parent.parents[:3]):
        above.chmod(above.stat().st_mode | 0o011)
    program = f"""
import os
from pathlib import Path
from yemae.doctor import machine
from yemae.settings import Settings
settings = Settings().replace(data_dir=Path({str(folder)!r}))
os.setgroups([])
os.setresgid(*[{STRANGER}] * 3)
os.setresuid(*[{STRANGER}] * 3)
it = machine.check_data_folder(settings)
print(it.check + "." + it.reason, it.state, it.says)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize(
    ("free_bytes", "files", "reason", "state"),
    [
        (2_000 * MB, 10_000, "enough", "ok"),
        (2_000 * MB - 1, 10_000, "low", "warning"),
        (256 * MB, 10_000, "low", "warning"),
        (256 * MB - 1, 10_000, "none", "failure"),
        (2_000 * MB, 9_999, "no_files", "failure"),
    ],
)
def test_a_disk_is_judged_by_what_is_free(
    free_bytes: int, files: int, reason: str, state: str
) -> None:
    found = machine.judge_space("/data", free_bytes, files)
    assert (found.reason, found.state) == (reason, state)
    assert "/data" in found.says


def test_the_disk_is_that_of_the_data_folder(folder: Path) -> None:
    found = machine.check_free_space(of(folder))
    assert found.values["folder"] == str(folder)
    assert found.reason in {"enough", "low", "none", "no_files"}
    assert machine.check_free_space(of(folder / "none")).reason == "no_folder"
    assert machine.check_free_space(of(folder, **ALL_NAMED)).reason == "elsewhere"


@pytest.fixture
def limited() -> Iterator[int]:
    """A process that may open 1,024 files."""
    command = ["sh", "-c", "ulimit -Sn 512; ulimit -Hn 1024; echo; exec cat"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid
        process.communicate()


def test_the_limit_of_open_files_is_that_of_the_running_server(limited: int) -> None:
    few = machine.check_open_files(Settings().replace(connections_max=1_000), limited)
    assert (few.reason, few.state) == ("few", "warning")
    assert few.values["bound"] == 1_024 - RESERVED_FILES
    assert "The running server may open 1,024 files" in few.says
    assert "LimitNOFILE=1200" in few.cure
    enough = machine.check_open_files(Settings().replace(connections_max=824), limited)
    assert (enough.reason, enough.state) == ("enough", "ok")


def test_without_a_server_the_limit_is_that_of_this_process() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for pid in (None, 2**22 + 1):
        found = machine.check_open_files(Settings().replace(connections_max=1), pid)
        assert found.values["whose"] == "This shell"
        assert found.reason == ("unlimited" if hard == resource.RLIM_INFINITY else "enough")


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in os.environ:
        if variable.startswith("YEMAE_"):
            monkeypatch.delenv(variable)
    assert name(machine.check_settings()) == "settings.known"
    monkeypatch.setenv("YEMAE_WROKERS", "4")
    found = machine.check_settings()
    assert (found.reason, found.state) == ("unknown", "warning")
    assert "did you mean YEMAE_WORKERS?" in found.says
