"""`yemae backup`: what it writes, verifies, keeps and refuses."""

import fcntl
import hashlib
import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import psycopg
import pytest

from backups.conftest import KEY, Source, limited
from helpers.command import yemae
from helpers.serving import until
from yemae.backups.manifest import Manifest, read_backup
from yemae.embedded.data_folder import lock_folder
from yemae.embedded.private_stores import PrivateStores
from yemae.schema.migrate import REVISIONS


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def back_up(source: Source, *options: str) -> Path:
    done = yemae("backup", "--to", str(source.backups), "--json", *options)
    assert done.code == 0, done.err
    return Path(done.json()["path"])


def test_a_backup_of_a_running_server_has_database_key_and_checksums(source: Source) -> None:
    done = yemae("backup", "--to", str(source.backups))
    assert (done.code, done.err) == (0, "")
    assert "1 orders, 1 tickets, ledger sum" in done.out
    (path,) = source.backups.iterdir()
    assert names(path) == ["manifest.json", "postgres", "secret.key"]
    assert (path / "secret.key").read_text() == KEY + "\n"
    for file in (path / "secret.key", path / "manifest.json", *(path / "postgres").iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    manifest = json.loads((path / "manifest.json").read_bytes())
    assert manifest["schema"] == REVISIONS[-1]
    assert (manifest["counts"]["orders"], manifest["counts"]["tickets"]) == (1, 1)
    for name, said in manifest["files"].items():
        content = (path / name).read_bytes()
        assert said == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def test_the_data_folder_knows_the_last_backup_and_whether_it_was_verified(source: Source) -> None:
    last = source.data_dir / "backups" / "last.json"
    path = back_up(source)
    at = json.loads((path / "manifest.json").read_bytes())["began_at"]
    said = json.loads(last.read_bytes())
    assert (said["path"], said["verified_at"]) == (str(path), None)
    assert said["at"][:19] == at[:19]
    path = back_up(source, "--verify")
    said = json.loads(last.read_bytes())
    assert said["path"] == str(path)
    assert said["verified_at"] > said["at"]


def test_verify_finds_books_that_do_not_add_up_and_then_deletes_no_older_backup(
    source: Source,
) -> None:
    older = back_up(source)
    owner_url = PrivateStores(source.data_dir).urls.database_url
    with psycopg.connect(owner_url) as database:
        database.execute("create table kept_tickets as select * from tickets")
        database.execute("delete from tickets")
    try:
        done = yemae("backup", "--to", str(source.backups), "--verify", "--keep", "1")
    finally:
        with psycopg.connect(owner_url) as database:
            database.execute("insert into tickets select * from kept_tickets")
            database.execute("drop table kept_tickets")
    assert (done.code, done.err) == (1, "")
    assert "ticket_for_each_paid_seat: 1" in done.out
    assert len(names(source.backups)) == 2
    assert older.exists()


def test_a_stopped_server_is_backed_up_and_verified_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_DATA_DIR", str(tmp_path / "data"))
    assert yemae("migrate").code == 0
    done = yemae("backup", "--verify")
    assert (done.code, done.err) == (0, "")
    assert "Verified: it was restored, and its books add up.\n" in done.out
    (path,) = (tmp_path / "data" / "backups").glob("yemae-*")
    assert (path / "secret.key").read_bytes() == (tmp_path / "data" / "secret.key").read_bytes()


def older(backup: Path, name: str, **changes: object) -> Path:
    """The same backup with another name and another manifest."""
    copy = backup.with_name(name)
    copy.mkdir()
    for file in ("secret.key", "postgres"):
        (copy / file).symlink_to(backup / file)
    manifest = msgspec.structs.replace(read_backup(backup).manifest, **changes)
    (copy / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    return copy


def test_only_complete_older_backups_of_the_same_database_are_deleted(source: Source) -> None:
    first = back_up(source)
    kept = read_backup(first).manifest.began_at
    oldest = older(first, "yemae-20300101T000000.000Z", began_at=kept.replace(year=2020))
    newer = older(first, "yemae-20200101T000000.000Z", began_at=kept.replace(year=2021))
    others = [
        older(first, "yemae-20200102T000000.000Z", began_at=kept.replace(year=2019), system_id="1"),
        source.backups / "yemae-20200103T000000.000Z",
        source.backups / "notes",
    ]
    for folder in others[1:]:
        folder.mkdir()
    done = yemae("backup", "--to", str(source.backups), "--keep", "3", "--json")
    assert done.json()["removed"] == [str(oldest)]
    assert newer.exists()
    assert all(folder.exists() for folder in others)
    assert len(names(source.backups)) == 6


def test_the_new_backup_stays_when_a_clock_was_set_back(source: Source) -> None:
    first = back_up(source)
    later = read_backup(first).manifest.began_at.replace(year=2200)
    future = older(first, "yemae-22000101T000000.000Z", began_at=later)
    made = back_up(source, "--keep", "1")
    assert names(source.backups) == [made.name]
    assert not future.exists()


def test_what_a_killed_backup_left_is_removed_by_the_next(source: Source) -> None:
    for name in (".yemae-draft", ".yemae-scratch"):
        (source.backups / name).mkdir(parents=True)
        (source.backups / name / "file").touch()
    path = back_up(source)
    assert names(source.backups) == [path.name]


def test_a_disk_that_takes_no_more_leaves_no_backup_and_one_sentence(source: Source) -> None:
    done = limited(100_000, "backup", "--to", str(source.backups))
    assert done.code == 1
    assert done.err == "yemae: pg_basebackup was ended by signal 25 (SIGXFSZ).\n"
    assert names(source.backups) == []


def test_a_place_that_is_no_folder_is_refused(source: Source) -> None:
    source.backups.touch()
    done = yemae("backup", "--to", str(source.backups))
    assert done.code == 2
    assert done.err == f"yemae: The folder {source.backups} cannot be used (File exists).\n"


def test_one_backup_at_a_time_is_written_to_a_folder(source: Source) -> None:
    source.backups.mkdir()
    descriptor = os.open(source.backups, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    done = yemae("backup", "--to", str(source.backups))
    os.close(descriptor)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"yemae: Another backup is being written to {source.backups}.\n"


def test_an_external_database_is_left_to_its_own_tools(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_DATABASE_URL", "postgresql://elsewhere/yemae")
    done = yemae("backup", "--to", str(source.backups))
    assert done.code == 2
    assert "docs/backups.md" in done.err
    assert not source.backups.exists()


def test_a_folder_without_data_or_without_a_key_is_refused_and_left_as_it_is(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_DATA_DIR", str(tmp_path / "none"))
    done = yemae("backup")
    assert done.code == 2
    assert not (tmp_path / "none").exists()
    monkeypatch.setenv("YEMAE_DATA_DIR", str(source.data_dir))
    (source.data_dir / "secret.key").rename(source.data_dir / "aside")
    try:
        done = yemae("backup", "--to", str(source.backups))
        assert done.code == 1
        assert "There is no secret key" in done.err
        assert not (source.data_dir / "secret.key").exists()
    finally:
        (source.data_dir / "aside").rename(source.data_dir / "secret.key")


def test_a_key_of_the_environment_is_in_the_backup(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_SECRET_KEY", "another key, of 32 characters or more")
    path = back_up(source)
    assert (path / "secret.key").read_text() == "another key, of 32 characters or more\n"


def test_a_manifest_is_read_as_it_was_written(source: Source) -> None:
    manifest = read_backup(back_up(source)).manifest
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=Manifest) == manifest


def test_who_waited_for_the_lock_of_a_folder_that_was_moved_aside_locks_the_new_one(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    held = lock_folder(folder, "command")
    lock = (folder / "lock").stat()

    def is_waited_for() -> bool:
        opened = [path for path in Path("/proc/self/fd").iterdir() if path.exists()]
        return sum(os.path.samestat(path.stat(), lock) for path in opened) == 2

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lock_folder, folder, "serve", 60)
        until(is_waited_for)
        folder.rename(tmp_path / "old")
        folder.mkdir()
        held.release()
        waiting.result().release()
    assert (folder / "lock").exists()
