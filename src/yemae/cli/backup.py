"""`yemae backup` and `yemae restore`: the private PostgreSQL and its key, there and back."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from yemae.backups.folder import backups_folder, keep_newest, note_last
from yemae.backups.make import make_backup
from yemae.backups.manifest import Backup, BackupCounts
from yemae.backups.restore import restore as restore_backup
from yemae.backups.verify import verify as verify_backup
from yemae.base.logs import configure_logs
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.reconcile import show
from yemae.cli.screen import AsJson, write_json, write_line
from yemae.cli.stores import require_data, store_settings
from yemae.embedded.secret_key import secret_key
from yemae.reconcile.report import Reconciled
from yemae.schema.migrate import REVISIONS
from yemae.settings import Settings, read_settings
from yemae.store.errors import StoreError
from yemae.store.failures import as_store_errors

MEGABYTE = 1_000_000
KEEP_MAX = 10_000


def backup(
    *,
    to: Annotated[
        Path | None,
        typer.Option(help="Folder of the backups, else `backups` in the data folder."),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            help="Delete complete backups of this database but this number of the newest.",
            min=1,
            max=KEEP_MAX,
        ),
    ] = None,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Restore the backup into a scratch folder and reconcile it."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Back up the private PostgreSQL and the secret key.

    Also while the server runs. Exit code 1 when --verify finds that the books do not add up; then
    no older backup is deleted.
    """
    wanted = read_settings()
    _require_private(wanted)
    folder = (to or wanted.stores.data_dir / "backups").expanduser().absolute()
    with as_store_errors(), _disk_errors(), backups_folder(folder) as draft:
        done = _back_up(draft, folder, keep=keep, verify=verify)
    if json:
        write_json(done.as_json())
    else:
        _show(done)
    if not done.holds:
        raise typer.Exit(1)


class Outcome(NamedTuple):
    """A backup, what its verification found, and which older ones were deleted."""

    backup: Backup
    found: Reconciled | None
    verified_at: datetime | None
    removed: list[Path]

    @property
    def holds(self) -> bool:
        """Whether its books add up, as far as that was asked."""
        return self.found is None or self.found.holds

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "path": str(self.backup.path),
            "bytes": self.backup.manifest.bytes,
            "at": self.backup.manifest.began_at,
            "counts": self.backup.manifest.counts,
            "verified_at": self.verified_at,
            "removed": [str(path) for path in self.removed],
        }


def _back_up(draft: Path, folder: Path, *, keep: int | None, verify: bool) -> Outcome:
    with store_settings(migrated=False) as settings:
        made = make_backup(settings, draft, folder)
    note_last(settings.stores.data_dir, made, None)
    found = verify_backup(made, settings, folder) if verify else None
    verified_at = datetime.now(UTC) if found is not None and found.holds else None
    if verified_at is not None:
        note_last(settings.stores.data_dir, made, verified_at)
    removed = []
    if keep is not None and (found is None or found.holds):
        removed = keep_newest(folder, made, keep)
    return Outcome(made, found, verified_at, removed)


def _show(done: Outcome) -> None:
    manifest = done.backup.manifest
    size = f"{manifest.bytes / MEGABYTE:,.1f} MB"
    write_line(f"Backup {done.backup.path} ({size}): {_said(manifest.counts)}.")
    if done.verified_at:
        write_line("Verified: it was restored, and its books add up.")
    for path in done.removed:
        write_line(f"Deleted {path}.")
    if done.found is not None and not done.holds:
        show(done.found)


@contextmanager
def _disk_errors() -> Iterator[None]:
    """Say what the disk refused."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        what = error.filename or "A file of the backup"
        raise StoreError(f"{what} cannot be read or written ({error.strerror}).") from error


def _require_private(settings: Settings) -> None:
    """Raise before anything is made unless there is a private PostgreSQL, with its key."""
    if settings.stores.database_url:
        raise InputError(
            "The database is the PostgreSQL of YEMAE_DATABASE_URL, which has backup tools of its "
            "own: see docs/backups.md."
        )
    require_data(settings)
    secret_key(settings, make=False)


def restore(
    path: Annotated[Path, typer.Argument(metavar="BACKUP", help="Folder of one backup.")],
    *,
    to: Annotated[
        Path | None, typer.Option(help="Data folder to make, else that of YEMAE_DATA_DIR.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move a data folder that is there aside first.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Restore a backup as the data folder of a server.

    The server must be stopped. The data folder appears whole or not at all.
    """
    settings = read_settings()
    configure_logs(settings.replace(log_level="error", log_format="console"))
    data_dir = (to or settings.stores.data_dir).expanduser().absolute()
    with as_store_errors(), _disk_errors():
        done = restore_backup(settings, path.expanduser(), data_dir, replace=replace)
    began_at = done.backup.manifest.began_at
    if json:
        write_json({
            "data_dir": str(data_dir), "backup": str(done.backup.path), "at": began_at,
            "counts": done.counts, "schema": done.schema,
            "moved_to": str(done.moved_to) if done.moved_to else None,
        })  # fmt: skip
        return
    write_line(f"Restored {data_dir} as of {began_at:%Y-%m-%dT%H:%M:%SZ}: {_said(done.counts)}.")
    if done.moved_to:
        write_line(f"The folder that was there is {done.moved_to}.")
    migrate = "" if done.schema == REVISIONS[-1] else " --migrate"
    write_line(
        f"Start the server with `yemae serve{migrate}`; fans' polls bring their places back."
    )
    _compare_keys(settings, data_dir)


def _compare_keys(settings: Settings, data_dir: Path) -> None:
    """Warn where the environment would have the server sign with another key than before."""
    given = settings.stores.secret_key
    if given and given != (data_dir / "secret.key").read_text(encoding="ascii").strip():
        typer.echo(
            "yemae: warning: YEMAE_SECRET_KEY is not the key of the backup, with which the tickets "
            "and tokens were signed: remove the variable, or set it to the text of secret.key.",
            err=True,
        )


def _said(counts: BackupCounts) -> str:
    return f"{counts.orders:,} orders, {counts.tickets:,} tickets, ledger sum {counts.ledger_sum:,}"


def add_to(app: typer.Typer) -> None:
    """Make these commands of the program."""
    app.command(
        epilog=examples("yemae backup --verify", "yemae backup --to /mnt/backups --keep 48")
    )(backup)
    app.command(
        epilog=examples(
            "yemae restore /mnt/backups/yemae-20300501T110000.000Z --to /var/lib/yemae --replace"
        )
    )(restore)
