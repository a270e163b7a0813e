"""All checks, in the order in which an operator reads them: this machine, PostgreSQL, Valkey, then
what lies between them."""

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import unquote

from yemae.doctor import (
    last_runs,
    machine,
    mail,
    money,
    payments,
    phone_tickets,
    postgres,
    secret,
    server,
    sign_ins,
    webhooks,
)
from yemae.doctor.clocks import check_clock
from yemae.doctor.findings import Finding, found
from yemae.doctor.running import JOBS_START_S, ask_server
from yemae.doctor.stores import examine_postgres, examine_valkey, stores
from yemae.embedded.data_folder import run_folder, running_server
from yemae.embedded.last_runs import BackupRun, RehearsalRun, last_run
from yemae.settings import Settings
from yemae.store.postgres_facts import PostgresFacts
from yemae.store.valkey_facts import ValkeyFacts


def as_given(settings: Settings) -> Settings:
    """The settings of a server process as the operator gave them to `yemae serve`, which names its
    private stores to its processes."""
    stores, folder = settings.stores, str(run_folder(settings.stores.data_dir))
    database_url, valkey_url = (
        "" if f"{folder}/" in f"{unquote(url)}/".replace("&", "/") else url
        for url in (stores.database_url, stores.valkey_url)
    )
    return settings.replace(database_url=database_url, valkey_url=valkey_url)


def examine(settings: Settings, nodes: int = 1, patience_s: float = JOBS_START_S) -> list[Finding]:
    """Run every check. Nothing is changed; `nodes` like this one will serve. A server that has run
    no job yet is given `patience_s` for its first. A server process may ask too: it has the
    addresses of its private stores, and need not be able to open their folder."""
    folder, given = settings.stores.data_dir, as_given(settings)
    key_found, key = secret.check_key(settings)
    said = ask_server(settings, patience_s)
    findings = [
        machine.check_settings(),
        machine.check_data_folder(settings)
        if given == settings
        else found("data_folder.serving", folder=str(folder)),
        machine.check_free_space(given),
        machine.check_open_files(settings, running_server(folder)),
    ]
    with stores(settings) as where:
        of_postgres, facts = examine_postgres(where, settings, nodes)
        of_valkey, servers = examine_valkey(where)
        is_current = any(each.check == "schema" and each.state == "ok" for each in of_postgres)
        of_webhooks = webhooks.check_webhooks(settings, where.database_url, is_current=is_current)
    return [
        *findings,
        *of_postgres,
        *of_valkey,
        check_clock(dict(_offsets_s(facts, servers))),
        key_found,
        _of_nodes(key, facts),
        server.check_server(said),
        server.check_jobs(said),
        server.check_proxies(os.environ, settings, said),
        server.check_page(settings),
        money.check_top_ups(settings),
        payments.check_payments(settings),
        mail.check_mail(settings),
        sign_ins.check_sign_ins(settings),
        phone_tickets.check_phone_tickets(settings, datetime.now(UTC)),
        of_webhooks,
        _backup(given, facts, is_begun=of_postgres[0].reason != "not_begun"),
        last_runs.check_rehearsal(last_run(folder, RehearsalRun), datetime.now(UTC)),
    ]


def _offsets_s(
    facts: PostgresFacts | None, servers: Sequence[ValkeyFacts]
) -> Iterator[tuple[str, float]]:
    if facts is not None:
        yield "PostgreSQL", facts.clock_offset_s
    for one in servers:
        if one.clock_offset_s is not None:
            yield f"Valkey at {one.place}", one.clock_offset_s


def _of_nodes(key: str, facts: PostgresFacts | None) -> Finding:
    if not key or facts is None:
        return found("secret_key_nodes.unknown")
    return secret.check_key_of_nodes(key, facts.serving)


def _backup(settings: Settings, facts: PostgresFacts | None, *, is_begun: bool) -> Finding:
    if settings.stores.database_url:
        return found("backup.unknown") if facts is None else postgres.check_archive(facts)
    if not is_begun:
        return found("backup.no_data")
    return last_runs.check_backup(last_run(settings.stores.data_dir, BackupRun), datetime.now(UTC))
