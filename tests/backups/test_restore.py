"""`yemae restore`: a data folder that works, or nothing at all."""

import fcntl
import json
import os
import shutil
from pathlib import Path

import msgspec
import pytest

from backups.conftest import KEY, Source, limited
from helpers.command import yemae
from helpers.server import Server
from helpers.serving import until
from yemae.backups.manifest import read_backup
from yemae.embedded.data_folder import lock_folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_restored_folder_has_the_data_and_the_key_and_nothing_is_left_beside_it(
    kept_backup: Path, target: Path
) -> None:
    done = yemae("restore", str(kept_backup), "--to", str(target))
    assert (done.code, done.err) == (0, "")
    assert "1 orders, 1 tickets" in done.out
    assert (target / "secret.key").read_text() == KEY + "\n"
    assert (target / "secret.key").stat().st_mode & 0o777 == 0o600
    assert names(target.parent) == ["restored"]


def test_a_server_on_a_restored_folder_serves_and_reports_the_restore_once(
    kept_backup: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_DATA_DIR", str(target))
    assert yemae("restore", str(kept_backup)).code == 0
    server = Server(target.parent, YEMAE_DATA_DIR=str(target), YEMAE_SECRET_KEY="")
    reports = []
    try:
        for _ in range(2):
            server.start()
            reports.append(server.complaint().count("the data folder was restored from a backup"))
            # Its Valkey is empty, which the server repairs within seconds.
            until(lambda: yemae("reconcile", "--json").code == 0)
            server.end()
    finally:
        server.stop()
    # The second start wrote to the same file.
    assert reports == [1, 1]


def test_a_folder_that_is_not_empty_is_refused_and_left_as_it_is(
    kept_backup: Path, target: Path
) -> None:
    target.mkdir()
    (target / "mine").touch()
    done = yemae("restore", str(kept_backup), "--to", str(target))
    assert done.code == 2
    assert done.err == (
        f"yemae: {target} is not empty: name another folder, or add --replace, which moves it "
        "aside.\n"
    )
    assert names(target) == ["mine"]
    assert names(target.parent) == ["restored"]


def test_an_empty_folder_is_restored_into(kept_backup: Path, target: Path) -> None:
    target.mkdir()
    assert yemae("restore", str(kept_backup), "--to", str(target)).code == 0
    assert (target / "postgres" / "PG_VERSION").exists()


@pytest.mark.parametrize("options", [(), ("--replace",)])
def test_a_folder_that_a_server_uses_is_refused(
    source: Source, kept_backup: Path, options: tuple[str, ...]
) -> None:
    before = names(source.data_dir.parent)
    done = yemae("restore", str(kept_backup), *options)
    assert done.code == 2
    assert "Another Yemae server" in done.err
    assert names(source.data_dir.parent) == before


def test_replace_moves_the_old_folder_aside_whole(kept_backup: Path, target: Path) -> None:
    target.mkdir()
    (target / "mine").write_text("kept")
    lock_folder(target, "serve").release()
    done = yemae("restore", str(kept_backup), "--to", str(target), "--replace", "--json")
    assert done.code == 0, done.err
    old = Path(done.json()["moved_to"])
    assert (old / "mine").read_text() == "kept"
    assert names(target.parent) == sorted(["restored", old.name])
    assert (target / "postgres").exists()


def copied(backup: Path, folder: Path) -> Path:
    return Path(shutil.copytree(backup, folder / backup.name))


@pytest.mark.parametrize(
    "name",
    ["secret.key", "postgres/base.tar.gz", "postgres/pg_wal.tar.gz", "postgres/backup_manifest"],
)
def test_a_file_with_another_checksum_is_refused_before_anything_is_made(
    kept_backup: Path, target: Path, tmp_path: Path, name: str
) -> None:
    copy = copied(kept_backup, tmp_path / "copies")
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    done = yemae("restore", str(copy), "--to", str(target))
    assert done.code == 2
    assert f"{copy / name} is damaged" in done.err
    assert not target.exists()
    (copy / name).unlink()
    done = yemae("restore", str(copy), "--to", str(target))
    assert "cannot be read" in done.err
    assert names(tmp_path) == ["copies"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"postgres": "17.2"}, "was made by PostgreSQL 17"),
        ({"machine": "s390x"}, "was made on s390x"),
        ({"schema": "9999"}, "is at schema 9999"),
        ({"format": 2}, "has format 2 of backups"),
    ],
)
def test_a_backup_of_another_version_is_refused_with_what_made_it(
    kept_backup: Path, target: Path, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    copy = copied(kept_backup, tmp_path / "copies")
    manifest = msgspec.structs.replace(read_backup(copy).manifest, **changes)
    (copy / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    done = yemae("restore", str(copy), "--to", str(target))
    assert done.code == 2
    assert said in done.err
    assert names(tmp_path) == ["copies"]


@pytest.mark.parametrize("text", [None, "{", '{"format": 1}'])
def test_a_folder_without_a_whole_manifest_is_no_backup(
    kept_backup: Path, target: Path, tmp_path: Path, text: str | None
) -> None:
    copy = copied(kept_backup, tmp_path / "copies")
    (copy / "manifest.json").unlink()
    if text is not None:
        (copy / "manifest.json").write_text(text)
    done = yemae("restore", str(copy), "--to", str(target))
    assert done.code == 2
    assert "is no" in done.err
    assert done.err.count("\n") == 1


def test_a_database_that_lacks_what_its_backup_counted_is_not_put_in_place(
    kept_backup: Path, target: Path, tmp_path: Path
) -> None:
    copy = copied(kept_backup, tmp_path / "copies")
    manifest = json.loads((copy / "manifest.json").read_bytes())
    manifest["counts"]["orders"] += 1
    (copy / "manifest.json").write_text(json.dumps(manifest))
    done = yemae("restore", str(copy), "--to", str(target))
    assert done.code == 1
    assert "it is not complete" in done.err
    assert names(tmp_path) == ["copies"]


def test_another_key_in_the_environment_is_warned_about(
    kept_backup: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_SECRET_KEY", "another key, of 32 characters or more")
    done = yemae("restore", str(kept_backup), "--to", str(target))
    assert done.code == 0
    assert "YEMAE_SECRET_KEY is not the key of the backup" in done.err


def test_a_disk_that_takes_no_more_gets_no_data_folder(kept_backup: Path, target: Path) -> None:
    done = limited(100_000, "restore", str(kept_backup), "--to", str(target))
    assert done.code == 1
    assert "cannot be read or written (File too large)" in done.err
    assert done.err.count("\n") == 1
    assert names(target.parent) == []


def test_one_restore_at_a_time_makes_a_data_folder(kept_backup: Path, target: Path) -> None:
    draft = target.with_name(".restored.restoring")
    draft.mkdir()
    (draft / "of another").touch()
    descriptor = os.open(draft, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    done = yemae("restore", str(kept_backup), "--to", str(target))
    os.close(descriptor)
    assert done.code == 2
    assert "Another restore" in done.err
    assert names(draft) == ["of another"]


def test_a_link_is_not_replaced(kept_backup: Path, target: Path) -> None:
    target.symlink_to(target.parent)
    done = yemae("restore", str(kept_backup), "--to", str(target), "--replace")
    assert done.code == 2
    assert "is a mount or a link" in done.err
