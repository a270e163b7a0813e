"""What is checked of the last backup and the last rehearsal."""

from datetime import datetime, timedelta
from pathlib import Path

from yemae import __version__
from yemae.doctor.findings import Finding, found
from yemae.embedded.last_runs import BackupRun, RehearsalRun

# A daily timer, and two hours for it to be late.
BACKUP_MAX_AGE = timedelta(hours=26)
REHEARSAL_MAX_AGE = timedelta(days=30)
HOUR = timedelta(hours=1)


def check_backup(last: BackupRun | None, now: datetime) -> Finding:
    """Of private stores, whether there is a backup of the last day that was verified."""
    if last is None:
        return found("backup.none")
    at = _shown(last.at)
    if not Path(last.path).exists():
        return found("backup.gone", at=at, path=last.path)
    if now - last.at > BACKUP_MAX_AGE:
        return found("backup.old", at=at, hours=(now - last.at) // HOUR)
    if last.verified_at is None:
        return found("backup.unverified", at=at)
    return found("backup.fresh", at=at, path=last.path)


def check_rehearsal(last: RehearsalRun | None, now: datetime) -> Finding:
    """Whether a rehearsal of this version held, and lately."""
    if last is None:
        return found("rehearsal.none")
    at = _shown(last.at)
    if last.problems:
        return found("rehearsal.failed", at=at, problem=last.problems[0])
    if last.was_stopped or not last.seats_sold:
        return found("rehearsal.stopped", at=at)
    if last.version != __version__:
        return found("rehearsal.outdated", at=at, rehearsed=last.version, version=__version__)
    if now - last.at > REHEARSAL_MAX_AGE:
        return found("rehearsal.old", at=at, days=(now - last.at).days)
    return found("rehearsal.held", at=at, fans=last.fans)


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
