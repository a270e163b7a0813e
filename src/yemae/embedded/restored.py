"""The mark of a restored data folder, which the next start of the server reports once."""

from pathlib import Path

import msgspec
import structlog

FILE = "restored.json"

log = structlog.get_logger(__name__)


class RestoredFrom(msgspec.Struct, frozen=True):
    """The backup that a data folder was made from; `began_at` in RFC 3339."""

    backup: str
    began_at: str


def mark_restored(data_dir: Path, restored: RestoredFrom) -> None:
    """Leave the mark."""
    (data_dir / FILE).write_bytes(msgspec.json.encode(restored))


def report_restored(data_dir: Path) -> None:
    """Log what a restore means for fans, once."""
    mark = data_dir / FILE
    try:
        restored = msgspec.json.decode(mark.read_bytes(), type=RestoredFrom)
    except FileNotFoundError:
        return
    except msgspec.DecodeError:
        restored = RestoredFrom("?", "?")
    log.warning(
        "the data folder was restored from a backup: it lacks what was sold since, and the waiting "
        "rooms are empty until the fans' next polls bring their places back",
        backup=restored.backup,
        began_at=restored.began_at,
    )
    mark.unlink()
