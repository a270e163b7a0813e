"""The data folder: one owner, closed to others, and every refusal a sentence."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from yemae.embedded.data_folder import (
    FolderBusyError,
    lock_folder,
    make_private,
    open_folder,
    run_folder,
)
from yemae.embedded.secret_key import secret_key
from yemae.settings import Settings, SettingsError
from yemae.store.errors import StoreError

GIVEN = "k" * 32
PRINT_KEY = """
import sys
from pathlib import Path
from yemae.embedded.secret_key import secret_key
from yemae.settings import Settings
print(secret_key(Settings().replace(data_dir=Path(sys.argv[1]))))
"""


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """A user without rights, also when root runs the tests."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65_534)
    yield
    if root:
        os.seteuid(0)


def test_a_new_folder_lists_nothing_to_others(tmp_path: Path) -> None:
    open_folder(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) & 0o066 == 0


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"is not a folder: set YEMAE_DATA_DIR"):
        open_folder(tmp_path / "file")
    with pytest.raises(StoreError, match=r"cannot be made \(Not a directory\)"):
        open_folder(tmp_path / "file" / "below")


def test_a_folder_of_another_user_is_refused(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    for folder in (tmp_path, *tmp_path.parents):
        if folder.name.startswith(("test_", "pytest-", "popen-")):
            folder.chmod(0o755)
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs").chmod(0o555)
    request.getfixturevalue("ordinary_user")
    with pytest.raises(StoreError, match=r"cannot be written to: set YEMAE_DATA_DIR"):
        open_folder(tmp_path / "theirs")
    with pytest.raises(StoreError, match=r"cannot be locked \(Permission denied\)"):
        lock_folder(tmp_path / "theirs", "serve")


def test_a_second_server_is_refused_and_the_error_names_the_first(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path, "serve")
    with pytest.raises(FolderBusyError, match=rf"Another Yemae server \(process {os.getpid()}\)"):
        lock_folder(tmp_path, "serve", wait_s=60)
    lock.release()
    lock_folder(tmp_path, "serve").release()


def test_a_command_is_waited_for_but_not_for_ever(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path, "command")
    with pytest.raises(FolderBusyError, match=rf"A yemae command \(process {os.getpid()}\)"):
        lock_folder(tmp_path, "serve", wait_s=0.1)
    lock.release()


def test_an_owner_that_has_not_written_its_name_yet_counts_as_a_command(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path, "serve")
    os.ftruncate(lock.descriptor, 0)
    with pytest.raises(FolderBusyError, match="A yemae command"):
        lock_folder(tmp_path, "serve")
    lock.release()


def test_the_lock_goes_with_its_process(tmp_path: Path) -> None:
    code = (
        "import sys, os\nfrom pathlib import Path\n"
        "from yemae.embedded.data_folder import lock_folder\n"
        "lock = lock_folder(Path(sys.argv[1]), 'serve')\nos.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    lock_folder(tmp_path, "serve").release()


def test_sockets_lie_in_the_data_folder_unless_the_path_is_too_long() -> None:
    assert run_folder(Path("/var/lib/yemae")) == Path("/var/lib/yemae/run")
    long = [Path("/data") / (letter * 90) for letter in "ab"]
    assert len({run_folder(path) for path in long}) == 2
    assert all(run_folder(path).name.startswith("yemae-") for path in long)


def test_a_folder_that_another_user_prepared_is_not_used(tmp_path: Path) -> None:
    uid, gid = os.geteuid(), os.getegid()
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(StoreError, match="belongs to another user"):
        make_private(tmp_path / "link", uid, gid)
    with pytest.raises(StoreError, match="cannot be made"):
        make_private(tmp_path / "missing" / "below", uid, gid)
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    make_private(tmp_path / "open", uid, gid)
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o700


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = Settings().replace(data_dir=tmp_path / "data")
    key = secret_key(settings)
    assert len(key) == 64
    assert secret_key(settings) == key
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


def test_processes_that_make_the_key_at_once_agree(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PRINT_KEY, str(tmp_path / "data")]
    many = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate(timeout=120)[0] for process in many}) == 1
    assert [process.returncode for process in many] == [0] * 4


def test_a_given_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert secret_key(Settings().replace(data_dir=tmp_path / "none", secret_key=GIVEN)) == GIVEN
    assert not (tmp_path / "none").exists()


def test_a_key_that_is_not_to_be_made_is_taken_or_refused(tmp_path: Path) -> None:
    settings = Settings().replace(data_dir=tmp_path / "data")
    with pytest.raises(StoreError, match="There is no secret key in the data folder"):
        secret_key(settings, make=False)
    assert not (tmp_path / "data").exists()
    assert secret_key(settings) == secret_key(settings, make=False)
    assert secret_key(Settings().replace(data_dir=tmp_path, secret_key=GIVEN), make=False) == GIVEN


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="at least 32 characters"):
        secret_key(Settings().replace(data_dir=tmp_path, secret_key="k" * 31))


def test_production_with_external_stores_needs_a_given_key(tmp_path: Path) -> None:
    settings = Settings().replace(
        data_dir=tmp_path, mode="production", valkey_url="valkey://elsewhere"
    )
    with pytest.raises(SettingsError, match="must be set in production"):
        secret_key(settings)
    assert secret_key(Settings().replace(data_dir=tmp_path, mode="production"))


def test_a_damaged_key_is_named_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("short\n")
    with pytest.raises(StoreError, match=r"secret\.key is damaged"):
        secret_key(Settings().replace(data_dir=tmp_path))
    (tmp_path / "secret.key").unlink()
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(StoreError, match="cannot be used"):
        secret_key(Settings().replace(data_dir=tmp_path))
