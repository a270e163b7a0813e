"""What is found about the last backup and the last rehearsal."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from yemae import __version__
from yemae.backups.folder import note_last
from yemae.backups.manifest import Backup, BackupCounts, Manifest
from yemae.doctor import last_runs
from yemae.embedded.last_runs import BackupRun, RehearsalRun, last_run, remember

NOW = datetime(2030, 5, 3, 11, tzinfo=UTC)


@pytest.fixture
def backup(tmp_path: Path) -> BackupRun:
    """A backup of an hour ago that is there and was verified."""
    path = tmp_path / "yemae-20300503T100000.000Z"
    path.mkdir()
    return BackupRun(at=NOW - timedelta(hours=1), path=str(path), verified_at=NOW)


@pytest.fixture
def rehearsal() -> RehearsalRun:
    """A rehearsal of yesterday that held."""
    return RehearsalRun(
        at=NOW - timedelta(days=1),
        version=__version__,
        url="http://127.0.0.1:8000",
        fans=5_000,
        seats_sold=2_000,
        was_stopped=False,
        problems=[],
    )


def test_a_fresh_and_verified_backup_is_right(backup: BackupRun) -> None:
    found = last_runs.check_backup(backup, NOW)
    assert (found.reason, found.state) == ("fresh", "ok")
    assert backup.path in found.says


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"verified_at": None}, "unverified"),
        ({"at": NOW - timedelta(hours=27)}, "old"),
        ({"path": "/nowhere/yemae-20300503T100000.000Z"}, "gone"),
    ],
)
def test_a_backup_that_is_not_as_good_is_a_warning(
    backup: BackupRun, change: dict[str, object], reason: str
) -> None:
    found = last_runs.check_backup(msgspec.structs.replace(backup, **change), NOW)
    assert (found.reason, found.state) == (reason, "warning")


def test_what_a_backup_notes_is_what_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    manifest = Manifest(
        schema="0016",
        system_id="7",
        began_at=NOW,
        ended_at=NOW,
        counts=BackupCounts(0, 0, 0),
        files={},
    )
    for verified_at in (None, NOW):
        note_last(folder, Backup(tmp_path, manifest), verified_at)
        noted = BackupRun(at=NOW, path=str(tmp_path), verified_at=verified_at)
        assert last_run(folder, BackupRun) == noted


def test_no_backup_and_no_rehearsal_are_warnings() -> None:
    found = (last_runs.check_backup(None, NOW), last_runs.check_rehearsal(None, NOW))
    assert [(one.reason, one.state) for one in found] == [("none", "warning")] * 2


@pytest.mark.parametrize(
    ("change", "reason", "state"),
    [
        ({}, "held", "ok"),
        ({"problems": ["3 requests were not answered."]}, "failed", "failure"),
        ({"was_stopped": True}, "stopped", "warning"),
        ({"seats_sold": 0}, "stopped", "warning"),
        ({"version": "0.0.1"}, "outdated", "warning"),
        ({"at": NOW - timedelta(days=31)}, "old", "warning"),
    ],
)
def test_a_rehearsal_is_judged_by_how_it_ended_its_version_and_its_age(
    rehearsal: RehearsalRun, change: dict[str, object], reason: str, state: str
) -> None:
    found = last_runs.check_rehearsal(msgspec.structs.replace(rehearsal, **change), NOW)
    assert (found.reason, found.state) == (reason, state)
    assert all(problem in found.says for problem in change.get("problems", []))  # type: ignore[attr-defined]


def test_what_is_noted_is_read_again_and_the_last_one_counts(
    tmp_path: Path, rehearsal: RehearsalRun, backup: BackupRun
) -> None:
    folder = tmp_path / "data"
    assert last_run(folder, RehearsalRun) is None
    remember(folder, msgspec.structs.replace(rehearsal, fans=1))
    remember(folder, rehearsal)
    remember(folder, backup)
    assert last_run(folder, RehearsalRun) == rehearsal
    assert last_run(folder, BackupRun) == backup
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.json*")) == [
        "backups/last.json",
        "rehearsals/last.json",
    ]
    (folder / "rehearsals" / "last.json").write_text('{"at"')
    assert last_run(folder, RehearsalRun) is None
