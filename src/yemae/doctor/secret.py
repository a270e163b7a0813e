"""What is checked of the secret key: that it is there, is long enough, is closed to others, and is
the one that the other nodes have."""

import os
import stat
from collections.abc import Sequence

from yemae.doctor.findings import Finding, found
from yemae.embedded.data_folder import has_begun
from yemae.embedded.secret_key import FILE, secret_key
from yemae.settings import Settings, SettingsError
from yemae.store.errors import StoreError
from yemae.store.serving_keys import ServingKey, fingerprint


def check_key(settings: Settings) -> tuple[Finding, str]:
    """The finding, and the key, "" when there is none that can be used."""
    path = settings.stores.data_dir / FILE
    try:
        if not settings.stores.secret_key and not path.exists():
            return _missing(settings), ""
        key = secret_key(settings, make=False)
    except (SettingsError, StoreError, OSError) as error:
        return found("secret_key.bad", sentence=str(error)), ""
    if settings.stores.secret_key:
        return found("secret_key.good", whence="YEMAE_SECRET_KEY", chars=len(key)), key
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return found("secret_key.open", path=str(path), mode=f"{mode:04o}"), key
    return found("secret_key.good", whence=str(path), chars=len(key)), key


def _missing(settings: Settings) -> Finding:
    """No key: of a folder that no server has used, of one with data, or where it must be named."""
    try:
        secret_key(settings, make=False)
    except SettingsError as error:
        return found("secret_key.unset", sentence=str(error))
    except StoreError:
        pass  # There is none, as we know.
    folder = settings.stores.data_dir
    name = "missing" if has_begun(folder, "postgres") or has_begun(folder, "valkey") else "none"
    return found(f"secret_key.{name}", folder=os.fspath(folder))


def check_key_of_nodes(key: str, serving: Sequence[ServingKey]) -> Finding:
    """Whether all server processes of this database work with this key."""
    own = fingerprint(key)
    others = [one for one in serving if one.fingerprint != own]
    if others:
        return found(
            "secret_key_nodes.differs",
            processes=sum(one.processes for one in others),
            hosts=", ".join(sorted({host for one in others for host in one.hosts})),
        )
    processes = sum(one.processes for one in serving)
    if not processes:
        return found("secret_key_nodes.alone")
    return found("secret_key_nodes.same", processes=processes)
