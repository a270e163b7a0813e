"""The stores that a command works on: those named in the settings, a running server's, or private
ones that are started for the moment."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from yemae.logs import configure_logs
from yemae.settings import Settings, read_settings
from yemae.store.embedded import Use, open_stores
from yemae.store.failures import as_store_errors, require_valkey, require_valkey_url
from yemae.store.migrate import SchemaError, require_current
from yemae.store.pooler import require_no_pooler
from yemae.store.secret_key import secret_key


@contextmanager
def stores(*, migrated: bool = True, valkey: Use = "unused") -> Iterator[Settings]:
    """Settings that name stores which answer, and the secret key.

    Only a command that needs Valkey is refused while it is away. Unless `migrated` is False the
    database is at the newest schema. Raises SettingsError, StoreError or SchemaError.
    """
    settings = read_settings()
    # A command's stderr is for its one sentence; the drivers' warnings belong to the server.
    quiet = msgspec.structs.replace(settings, log_level="error", log_format="console")
    configure_logs(quiet)
    key = secret_key(settings)
    with as_store_errors(), open_stores(settings, valkey) as lent:
        require_valkey_url(lent.urls.valkey_url)
        if valkey == "needed":
            require_valkey(lent.urls.valkey_url)
        owner_url = settings.database_owner_url or lent.urls.database_url
        if settings.database_url:
            require_no_pooler(settings.database_url)
        if migrated:
            _require_current(settings, lent.urls.database_url)
        yield msgspec.structs.replace(
            settings,
            database_url=lent.app_url,
            database_owner_url=owner_url,
            valkey_url=lent.urls.valkey_url,
            secret_key=key,
        )


def _require_current(settings: Settings, database_url: str) -> None:
    """Of a private database also say which it is: the server may have another data folder."""
    try:
        require_current(database_url)
    except SchemaError as error:
        if settings.database_url:
            raise
        sentence = str(error).rstrip(".")
        raise SchemaError(
            f"{sentence} (this is the data folder {settings.data_dir}; the server's, if it is "
            "another, goes into YEMAE_DATA_DIR)."
        ) from error
