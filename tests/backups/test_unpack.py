"""What a backup may put where: nothing but files and folders of a database, below its folder."""

import io
import os
import tarfile
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from helpers.command import yemae
from yemae.backups.manifest import Backup, BackupError, read_backup, sums_of
from yemae.backups.unpack import unpack
from yemae.embedded.restored import FILE, report_restored


def packed(folder: Path, base: bytes, kept_backup: Path) -> Backup:
    """A backup whose base is this archive."""
    (folder / "postgres").mkdir(parents=True)
    (folder / "secret.key").write_text("key")
    (folder / "postgres" / "base.tar.gz").write_bytes(base)
    for name in ("pg_wal.tar.gz", "backup_manifest"):
        (folder / "postgres" / name).write_bytes((kept_backup / "postgres" / name).read_bytes())
    manifest = msgspec.structs.replace(read_backup(kept_backup).manifest, files=sums_of(folder))
    (folder / "manifest.json").write_bytes(msgspec.json.encode(manifest))
    return Backup(folder, manifest)


def archive(member: tarfile.TarInfo) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as members:
        members.addfile(member, io.BytesIO(b"x" * member.size))
    return content.getvalue()


def file(name: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = 1
    return member


def link() -> tarfile.TarInfo:
    member = tarfile.TarInfo("link")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return member


@pytest.mark.parametrize("member", [file("../outside"), file("/tmp/outside"), link()])  # noqa: S108
def test_a_member_that_is_no_part_of_a_database_is_refused(
    kept_backup: Path, tmp_path: Path, member: tarfile.TarInfo
) -> None:
    backup = packed(tmp_path / "backup", archive(member), kept_backup)
    (tmp_path / "data").mkdir()
    with pytest.raises(BackupError, match="is no part of a database"):
        unpack(backup, tmp_path / "data")
    assert [path.name for path in (tmp_path / "data" / "postgres").iterdir()] == []


@pytest.mark.parametrize(
    "base",
    [b"", b"no archive at all", archive(file("name"))[:20]],
    # An archive has the second of its making in it, and test processes must agree on names.
    ids=["empty", "none", "cut off"],
)
def test_an_archive_that_was_damaged_before_its_checksum_is_refused_without_a_trace(
    kept_backup: Path, target: Path, base: bytes
) -> None:
    packed(target.parent / "backup", base, kept_backup)
    done = yemae("restore", str(target.parent / "backup"), "--to", str(target))
    assert done.code in {1, 2}
    assert done.err.count("\n") == 1
    assert [path.name for path in target.parent.iterdir()] == ["backup"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_gives_a_data_folder_back_to_the_user_who_had_it(
    kept_backup: Path, target: Path
) -> None:
    target.mkdir(mode=0o700)
    os.chown(target, 12_345, 12_345)
    assert yemae("restore", str(kept_backup), "--to", str(target)).code == 0
    owners = {path.lstat().st_uid for path in (target, *target.rglob("*"))}
    assert owners == {12_345}
    assert target.stat().st_mode & 0o777 == 0o700


def test_a_mark_that_cannot_be_read_is_reported_too_and_only_once(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    with capture_logs() as logs:
        report_restored(tmp_path)
        report_restored(tmp_path)
    assert len(logs) == 1
