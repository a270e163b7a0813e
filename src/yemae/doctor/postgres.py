"""What is checked of PostgreSQL, by what it says of itself."""

from collections.abc import Iterator

from yemae.doctor.findings import Finding, found, worst
from yemae.schema.migrate import OLDEST_POSTGRES, REVISIONS, Revision
from yemae.schema.roles import Role
from yemae.settings import Settings
from yemae.settings.stores import JOBS_CONNECTIONS_MAX
from yemae.store.postgres_facts import PostgresFacts

# Besides those of the pool: one for notices, and one for the check of the store's health.
BESIDE_POOL = 2
# Of the jobs process of each node: its pool, and one for notices.
JOBS_CONNECTIONS = JOBS_CONNECTIONS_MAX + 1
# For commands, backups, monitoring, and the processes of a node that is being restarted.
SPARE = 20
# Confirmed only when it is on the disk here, and on a standby if there is a synchronous one.
SAFE_COMMITS = ("on", "remote_apply")
ON_DISK_HERE = ("remote_write", "local")


def check_version(facts: PostgresFacts) -> Finding:
    """Whether it is new enough."""
    if facts.major < OLDEST_POSTGRES:
        return found("postgres_version.old", version=facts.version, oldest=OLDEST_POSTGRES)
    return found("postgres_version.new", version=facts.version)


def check_durability(facts: PostgresFacts) -> Finding:
    """Whether a confirmed commit survives a crash."""
    return worst([found("postgres_durability.kept"), *_losses(facts)])


def _losses(facts: PostgresFacts) -> Iterator[Finding]:
    commit = facts.synchronous_commit
    if facts.fsync != "on":
        yield found("postgres_durability.lost", setting="fsync", value=facts.fsync)
    if commit not in (*SAFE_COMMITS, *ON_DISK_HERE):
        yield found("postgres_durability.lost", setting="synchronous_commit", value=commit)
    if commit in ON_DISK_HERE and facts.standby_names:
        yield found("postgres_durability.local", value=commit)
    if facts.full_page_writes != "on":
        yield found("postgres_durability.torn")


def check_connections(facts: PostgresFacts, settings: Settings, nodes: int) -> Finding:
    """Whether all nodes get the connections of their server processes and of their jobs process:
    `nodes` like this one, or those that run, whichever are more."""
    running = sum(serving.processes for serving in facts.serving)
    processes = max(nodes * settings.server.workers, running)
    of_jobs = max(nodes, -(-running // settings.server.workers)) * JOBS_CONNECTIONS
    needed = processes * (settings.stores.postgres_connections_max + BESIDE_POOL) + of_jobs
    usable = facts.connections_max - facts.reserved
    name = "few" if needed > usable else "tight" if needed + SPARE > usable else "enough"
    return found(
        f"postgres_connections.{name}",
        processes=processes,
        needed=needed,
        usable=usable,
        advised=needed + SPARE + facts.reserved,
    )


def check_schema(revision: Revision | None) -> Finding:
    """Whether this program works on the schema."""
    head = REVISIONS[-1]
    if revision is None:
        return found("schema.empty")
    if revision.number in REVISIONS:
        name = "current" if revision.number == head else "older"
    else:
        name = "ahead" if revision.has_all else "newer"
    return found(f"schema.{name}", found=revision.number, head=head)


def check_role(role: Role) -> Finding:
    """Whether the server's role could change what is append-only."""
    if role.is_guarded:
        return found("role.guarded", role=role.name)
    what = "a superuser" if role.is_superuser else "the owner of the tables"
    return found("role.unguarded", role=role.name, what=what)


def check_archive(facts: PostgresFacts) -> Finding:
    """Of an external PostgreSQL, whether its log is archived, which backups are made of."""
    failed, archived = facts.last_failed_at, facts.last_archived_at
    if facts.archive_mode == "off":
        return found("backup.elsewhere")
    if failed and (archived is None or failed > archived):
        return found("backup.archive_fails", at=failed.isoformat(timespec="seconds"))
    if archived is None:
        return found("backup.elsewhere")
    return found("backup.archived", at=archived.isoformat(timespec="seconds"))
