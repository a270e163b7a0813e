"""The secret key that signs every token: given, or made once and kept in the data folder.

Always holds: a server works with one key from its start to its end. When the file says another one,
such as after a restore, the server stops instead of signing and refusing by a key that is gone. No
key is made for a database that was there before: its tickets are signed with one that was lost.
"""

import os
import secrets
from pathlib import Path

import structlog

from yemae.embedded.data_folder import open_folder
from yemae.settings import Settings, SettingsError
from yemae.store.errors import StoreError

SECRET_MIN_CHARS = 32
FILE = "secret.key"
NEW_KEY = (
    "Only if there is none, begin with a new key: `openssl rand -hex 32` into that file, readable "
    "by its owner alone; then every ticket is void until its owner loads it again, and fans sign "
    "in again."
)

log = structlog.get_logger(__name__)


class KeyWatch:
    """Watches the file of a key that a server works with."""

    def __init__(self, data_dir: Path, key: str) -> None:
        self._path = data_dir / FILE
        self._key = key
        self._other = ""
        self._is_gone = False

    def look(self) -> None:
        """Raise StoreError when the file has another key, and says so twice in a row: a file that
        is being written may look like anything for a moment."""
        try:
            found = self._path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            found = self._key
            if not self._is_gone:
                log.error(
                    "the key file is gone: put it back before the next start",
                    file=str(self._path),
                )
            self._is_gone = True
        except (OSError, UnicodeDecodeError):
            found = "cannot be read"
        else:
            self._is_gone = False
        if found != self._key and found == self._other:
            raise StoreError(
                f"The key file {self._path} has another key than this server was started with, as "
                "after a restore, so the server stops before it refuses good tickets or signs void "
                "ones: start it again."
            )
        self._other = "" if found == self._key else found


def secret_key(settings: Settings, *, make: bool = True) -> str:
    """Return the key that signs tokens: the one given, else the one kept in the data folder.

    With `make` False a folder that keeps none is left as it is, and refused with StoreError: a key
    made in the wrong folder would sign tokens that no server takes.
    """
    given = settings.stores.secret_key
    if given and len(given) < SECRET_MIN_CHARS:
        raise SettingsError(
            f"YEMAE_SECRET_KEY needs at least {SECRET_MIN_CHARS} characters: "
            "`openssl rand -hex 32` makes a good one."
        )
    if given:
        return given
    if settings.server.mode == "production" and (
        settings.stores.database_url or settings.stores.valkey_url
    ):
        raise SettingsError(
            "YEMAE_SECRET_KEY must be set in production with external stores, because every node "
            "needs the same one: `openssl rand -hex 32` makes a good one."
        )
    path = settings.stores.data_dir / "secret.key"
    if make:
        open_folder(settings.stores.data_dir)
    return _kept_key(path, make=make)


def _kept_key(path: Path, *, make: bool) -> str:
    """Read the key, or make it."""
    try:
        if not path.exists():
            if not make:
                raise StoreError(
                    f"There is no secret key in the data folder {path.parent}: set YEMAE_DATA_DIR "
                    "to the folder of the server, or YEMAE_SECRET_KEY to its key."
                )
            if (path.parent / "postgres").exists():
                raise StoreError(
                    f"The key file {path} is gone, and there is a database: put the file back from "
                    f"a backup, because without it every ticket and token is void. {NEW_KEY}"
                )
            _make_key(path)
        key = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be used ({error.strerror}).") from error
    if len(key) < SECRET_MIN_CHARS:
        raise StoreError(f"The key file {path} is damaged: put it back from a backup. {NEW_KEY}")
    return key


def _make_key(path: Path) -> None:
    """Make a key. The link makes it appear whole, and for the first maker only."""
    draft = path.with_name(f"secret.key.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(descriptor)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
