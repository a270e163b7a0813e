"""What `yemae serve` asks of this machine and of stores that are not ours before it serves.

Refused is what would fail in silence: a sale that a crash loses, waiting rooms that are thrown
away, tokens of one node that another does not take. The rest is logged, because a server that
starts with little space is better than none.
"""

from collections.abc import Iterator

import structlog

from yemae.doctor import machine, mail, postgres, valkey
from yemae.doctor.findings import Finding
from yemae.doctor.secret import check_key_of_nodes
from yemae.settings import Settings
from yemae.store.errors import StoreError
from yemae.store.postgres_facts import postgres_facts
from yemae.store.valkey_facts import valkey_facts

REFUSED = {
    ("valkey_eviction", "evicts"),
    ("secret_key_nodes", "differs"),
    ("mail", "bad"),
    ("mail", "no_confirmation"),
}
# A developer's database may be made for speed.
REFUSED_IN_PRODUCTION = {("postgres_durability", "lost")}

log = structlog.get_logger(__name__)


def require_sound(settings: Settings) -> None:
    """Log what is wrong with the machine and with the stores that are named; raise StoreError for
    what is refused."""
    refused = set(REFUSED)
    if settings.server.mode == "production":
        refused |= REFUSED_IN_PRODUCTION
    for finding in _findings(settings):
        if (finding.check, finding.reason) in refused:
            raise StoreError(f"{finding.says} {finding.cure}")
        if finding.state in ("warning", "failure"):
            write = log.warning if finding.state == "warning" else log.error
            write(finding.says, check=finding.check, put_right=finding.cure)


def _findings(settings: Settings) -> Iterator[Finding]:
    """`settings` name the stores that are not ours, and the key."""
    yield machine.check_free_space(settings)
    yield machine.check_open_files(settings, None)
    yield mail.check_mail_settings(settings)
    if settings.stores.valkey_url:
        yield from valkey.check_valkey(valkey_facts(settings.stores.valkey_url))
    if settings.stores.database_url:
        facts = postgres_facts(settings.stores.database_url)
        yield postgres.check_durability(facts)
        yield postgres.check_connections(facts, settings, 1)
        yield check_key_of_nodes(settings.stores.secret_key, facts.serving)
