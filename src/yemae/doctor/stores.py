"""StoresAt the stores are for an examination, and what is checked of each.

A store that is away is a finding, and the other one is looked at all the same. Private stores of
which no server runs are started for as long as it takes, as every command does; a folder without
data stays without.
"""

import os
import pwd
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from yemae.doctor import postgres, valkey
from yemae.doctor.findings import Finding, found
from yemae.embedded.account import SYSTEM_USER
from yemae.embedded.data_folder import has_begun, running_server
from yemae.embedded.private_stores import Use, open_stores
from yemae.schema.migrate import OLDEST_POSTGRES, SchemaError, revision_of, role
from yemae.settings import Settings, SettingsError
from yemae.store.errors import StoreError
from yemae.store.failures import as_store_errors, require_valkey_url
from yemae.store.pooler import require_no_pooler
from yemae.store.postgres_facts import PostgresFacts, ReadOnlyError, postgres_facts
from yemae.store.valkey_facts import ValkeyFacts, valkey_facts


class StoresAt(NamedTuple):
    """The addresses of both stores, "" for one that is not there yet; `failed` is why the private
    ones cannot be used."""

    database_url: str
    valkey_url: str
    failed: str = ""


@contextmanager
def stores(settings: Settings) -> Iterator[StoresAt]:
    """Lend the stores, as far as there are any."""
    named = StoresAt(settings.stores.database_url, settings.stores.valkey_url)
    folder = settings.stores.data_dir
    needed = "valkey" if named.database_url else "postgres"
    if (named.database_url and named.valkey_url) or not has_begun(folder, needed):
        yield named
        return
    if reason := _why_not_started(settings, needed):
        yield named._replace(failed=reason)
        return
    with ExitStack() as stack:
        try:
            use: Use = "needed" if named.database_url else "wanted"
            lent = stack.enter_context(open_stores(settings, use))
        except (StoreError, OSError) as error:
            where = named._replace(failed=str(error))
        else:
            where = StoresAt(lent.app_url, lent.urls.valkey_url)
        yield where


def _why_not_started(settings: Settings, needed: str) -> str:
    """Root would give the stores of another user to its system user, who could then not start them
    any more; that is for `yemae serve` to do, not for a look."""
    folder = settings.stores.data_dir
    if os.geteuid() != 0 or running_server(folder) is not None:
        return ""
    try:
        owner = (folder / needed).stat().st_uid
        if owner in (0, pwd.getpwnam(SYSTEM_USER).pw_uid):
            return ""
    except (OSError, KeyError):
        return ""
    return f"{folder} belongs to an ordinary user, and no server runs there: run this as that user."


def examine_postgres(
    where: StoresAt, settings: Settings, nodes: int
) -> tuple[list[Finding], PostgresFacts | None]:
    """Every check of PostgreSQL, and what it said."""
    url, is_private = where.database_url, not settings.stores.database_url
    if not url:
        failed = found("postgres.away", reason=where.failed)
        return [failed if where.failed else found("postgres.not_begun")], None
    try:
        with as_store_errors():
            facts = postgres_facts(url)
    except ReadOnlyError:
        return [found("postgres.read_only")], None
    except (StoreError, SettingsError) as error:
        return [found("postgres.away", reason=str(error))], None
    findings = [
        found("postgres.answers"),
        postgres.check_version(facts),
        postgres.check_durability(facts),
        postgres.check_connections(facts, settings, nodes),
    ]
    if not is_private:
        findings.append(check_pooler(url))
    if facts.major >= OLDEST_POSTGRES:
        findings += _examine_schema(url)
    return findings, facts


def _examine_schema(url: str) -> list[Finding]:
    try:
        with as_store_errors():
            return [postgres.check_schema(revision_of(url)), postgres.check_role(role(url))]
    except (SchemaError, StoreError) as error:
        return [found("schema.unknown", sentence=str(error))]


def check_pooler(database_url: str) -> Finding:
    """Whether a pooler hands connections on."""
    try:
        with as_store_errors():
            require_no_pooler(database_url)
    except StoreError as error:
        return found("postgres_pooler.shares", sentence=str(error))
    return found("postgres_pooler.none")


def examine_valkey(where: StoresAt) -> tuple[list[Finding], list[ValkeyFacts]]:
    """Every check of Valkey, and what each server said."""
    if not where.valkey_url:
        name = "valkey.not_started" if where.failed else "valkey.not_begun"
        return [found(name)], []
    try:
        require_valkey_url(where.valkey_url)
    except SettingsError as error:
        return [found("valkey.away", reason=str(error).rstrip("."))], []
    servers = valkey_facts(where.valkey_url)
    return valkey.check_valkey(servers), servers
