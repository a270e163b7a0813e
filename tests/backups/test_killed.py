"""`kill -9` at each step of a backup and of a restore."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backups.conftest import KEY, Source
from helpers.command import yemae
from helpers.serving import until
from yemae.backups.manifest import read_backup, require_intact
from yemae.embedded.data_folder import lock_folder

Steps = tuple[tuple[str, str], ...]
# Each is killed just before an event about a path that ends like this.
STEPS_OF_A_BACKUP = (
    ("os.mkdir", ".yemae-draft"),
    ("open", ".yemae-draft/postgres/base.tar.gz"),
    ("open", ".yemae-draft/secret.key"),
    ("open", ".yemae-draft/manifest.json"),
    ("os.rename", ".yemae-draft"),
    ("os.rename", "backups/last.json"),
    ("os.rename", ".yemae-scratch"),
    ("os.rmdir", ".yemae-scratch"),
)
# The last of them is between the two renames.
STEPS_OF_A_RESTORE = (
    ("os.mkdir", ".restored.restoring"),
    ("open", ".restored.restoring/postgres/PG_VERSION"),
    ("open", ".restored.restoring/secret.key"),
    ("open", ".restored.restoring/log/postgres.log"),
    ("open", ".restored.restoring/restored.json"),
    ("os.rename", "/restored"),
    ("os.rename", ".restored.restoring"),
)
# All of them take minutes on a busy machine.
EACH_OF_A_BACKUP = pytest.param(STEPS_OF_A_BACKUP, marks=pytest.mark.deployment)
EACH_OF_A_RESTORE = pytest.param(STEPS_OF_A_RESTORE, marks=pytest.mark.deployment)
SCRIPT = str(Path(__file__).with_name("killed_at.py"))


def kill_at(event: str, end: str, *arguments: str) -> None:
    """Run a command until just before a step; fails when the command never comes there."""
    command = [sys.executable, SCRIPT, event, end, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def assert_all_whole(backups: Path) -> None:
    """Whatever has the name of a backup is one."""
    for path in backups.glob("yemae-*"):
        require_intact(read_backup(path))


@pytest.mark.parametrize("steps", [STEPS_OF_A_BACKUP[3:5], EACH_OF_A_BACKUP])
def test_a_killed_backup_is_not_taken_for_one_and_the_next_tidies_up(
    source: Source, kept_backup: Path, steps: Steps
) -> None:
    shutil.copytree(kept_backup, source.backups / kept_backup.name)
    for event, end in steps:
        kill_at(event, end, "backup", "--to", str(source.backups), "--keep", "1")
        assert_all_whole(source.backups)
        assert list(source.backups.glob("yemae-*"))
    done = yemae("backup", "--to", str(source.backups), "--keep", "1", "--json")
    assert done.code == 0, done.err
    assert names(source.backups) == [Path(done.json()["path"]).name]


def test_a_backup_that_is_killed_while_postgresql_sends_it_is_not_taken_for_one(
    source: Source,
) -> None:
    command = [sys.executable, "-m", "yemae", "backup", "--to", str(source.backups)]
    with subprocess.Popen(command) as process:
        packed = source.backups / ".yemae-draft" / "postgres"
        # On a busy machine it may be over before this process looks, which is as good.
        until(lambda: packed.exists() or process.poll() is not None)
        process.kill()
    assert_all_whole(source.backups)
    done = yemae("backup", "--to", str(source.backups), "--json")
    assert done.code == 0, done.err
    assert_all_whole(source.backups)


@pytest.mark.parametrize("steps", [STEPS_OF_A_RESTORE[-2:], EACH_OF_A_RESTORE])
def test_a_killed_restore_leaves_the_old_folder_and_the_next_one_does_it_all(
    kept_backup: Path, target: Path, steps: Steps
) -> None:
    target.mkdir()
    (target / "mine").write_text("kept")
    lock_folder(target, "serve").release()
    arguments = ["restore", str(kept_backup), "--to", str(target), "--replace"]
    for event, end in steps:
        kill_at(event, end, *arguments)
        assert not (target / "postgres").exists()
        (old,) = target.parent.glob("restored*")
        assert (old / "mine").read_text() == "kept"
    done = yemae(*arguments)
    assert done.code == 0, done.err
    assert (target / "secret.key").read_text() == KEY + "\n"
    (old,) = target.parent.glob("restored.before-*")
    assert (old / "mine").read_text() == "kept"
    assert names(target.parent) == ["restored", old.name]
