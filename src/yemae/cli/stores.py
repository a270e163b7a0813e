"""The stores that a command works on: those named in the settings, a running server's, or private
ones that are started for the moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yemae.base.logs import configure_logs
from yemae.cli.failures import InputError
from yemae.embedded.data_folder import has_begun
from yemae.embedded.private_stores import Use, open_stores
from yemae.embedded.secret_key import secret_key
from yemae.schema.migrate import SchemaError, require_current
from yemae.settings import Settings, read_settings
from yemae.store.failures import as_store_errors, require_valkey, require_valkey_url
from yemae.store.pooler import require_no_pooler


@contextmanager
def store_settings(*, migrated: bool = True, valkey: Use = "unused") -> Iterator[Settings]:
    """Settings that name stores which answer, and the secret key.

    Only `yemae migrate`, which is not `migrated`, begins a data folder, as `yemae serve` does.
    Only a command that needs Valkey is refused while it is away. Unless `migrated` is False the
    database is at the newest schema. Raises InputError, SettingsError, StoreError or
    SchemaError.
    """
    settings = read_settings()
    if migrated:
        require_data(settings, valkey)
    # A command's stderr is for its one sentence; the drivers' warnings belong to the server.
    quiet = settings.replace(log_level="error", log_format="console")
    configure_logs(quiet)
    key = secret_key(settings)
    with as_store_errors(), open_stores(settings, valkey) as lent:
        require_valkey_url(lent.urls.valkey_url)
        if valkey == "needed":
            require_valkey(lent.urls.valkey_url)
        owner_url = settings.stores.database_owner_url or lent.urls.database_url
        if settings.stores.database_url:
            require_no_pooler(settings.stores.database_url)
        if migrated:
            _require_current(settings, lent.urls.database_url)
        yield settings.replace(
            database_url=lent.app_url,
            database_owner_url=owner_url,
            valkey_url=lent.urls.valkey_url,
            secret_key=key,
        )


def require_data(settings: Settings, valkey: Use = "unused") -> None:
    """Raise InputError where no server has ever run, before anything is made there."""
    if not settings.stores.database_url:
        store = "postgres"
    elif not settings.stores.valkey_url and valkey != "unused":
        store = "valkey"
    else:
        return
    if not has_begun(settings.stores.data_dir, store):
        raise NoDataError(settings.stores.data_dir)


class NoDataError(InputError):
    """No server has run on the data folder."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"No data is in the data folder {data_dir}, and no server has run there: name the "
            "server's folder in YEMAE_DATA_DIR, or begin here with `yemae serve` or `yemae "
            "migrate`."
        )


def _require_current(settings: Settings, database_url: str) -> None:
    """Of a private database also say which it is: the server may have another data folder."""
    try:
        require_current(database_url)
    except SchemaError as error:
        if settings.stores.database_url:
            raise
        sentence = str(error).rstrip(".")
        raise SchemaError(
            f"{sentence} (this is the data folder {settings.stores.data_dir}; the server's, if it "
            "is another, goes into YEMAE_DATA_DIR)."
        ) from error
