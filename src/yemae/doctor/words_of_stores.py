"""The findings about PostgreSQL and Valkey; see words.py."""

from typing import Literal, NamedTuple


class Wording(NamedTuple):
    """The state of a finding and its English sentences."""

    state: Literal["ok", "not_checked", "warning", "failure"]
    says: str
    cure: str = ""


CONFIG_SET = "in its configuration file, and now with CONFIG SET"
IN_CONF = "in postgresql.conf, then reload PostgreSQL"

POSTGRES = {
    "postgres.answers": Wording("ok", "PostgreSQL answers and can be written to."),
    "postgres.away": Wording(
        "failure", "PostgreSQL cannot be used: {reason}",
        "Start it, or correct YEMAE_DATABASE_URL; a private one says more in log/postgres.log.",
    ),
    "postgres.read_only": Wording(
        "failure", "PostgreSQL is read-only: a standby, or a primary that was fenced.",
        "Name the primary in YEMAE_DATABASE_URL, or all hosts: postgresql://user@one,two/database",
    ),
    "postgres.not_begun": Wording(
        "not_checked", "There is no private database yet.",
        "`yemae serve` or `yemae migrate` makes it; look again then.",
    ),
    "postgres_pooler.none": Wording("ok", "Each connection to PostgreSQL is a session of its own."),
    "postgres_pooler.shares": Wording(
        "failure", "{sentence}", "Name PostgreSQL itself, or a pooler in session mode."
    ),
    "postgres_version.new": Wording("ok", "PostgreSQL is {version}."),
    "postgres_version.old": Wording(
        "failure", "PostgreSQL {version} is too old.", "Install PostgreSQL {oldest} or newer."
    ),
    "postgres_durability.kept": Wording("ok", "A commit that was confirmed is on the disk."),
    "postgres_durability.lost": Wording(
        "failure", "{setting} is {value}: a crash loses sales that were confirmed.",
        "Set {setting} = on " + IN_CONF + ".",
    ),
    "postgres_durability.local": Wording(
        "warning",
        "synchronous_commit is {value} with synchronous standbys: a fail-over loses sales.",
        "Set synchronous_commit = on " + IN_CONF + ".",
    ),
    "postgres_durability.torn": Wording(
        "warning", "full_page_writes is off: a crash may damage pages.",
        "Set full_page_writes = on " + IN_CONF + ", unless the file system never tears a page.",
    ),
    "postgres_connections.enough": Wording(
        "ok", "{processes} server processes need {needed} of {usable} connections."
    ),
    "postgres_connections.few": Wording(
        "failure", "{processes} server processes need {needed} connections; {usable} can be had.",
        "Set max_connections = {advised} and restart PostgreSQL, or lower "
        "YEMAE_POSTGRES_CONNECTIONS_MAX or YEMAE_WORKERS.",
    ),
    "postgres_connections.tight": Wording(
        "warning",
        "{processes} server processes need {needed} of {usable} connections: commands, backups and "
        "another node may find none.",
        "Set max_connections = {advised} and restart PostgreSQL.",
    ),
    "schema.current": Wording("ok", "The database is at schema {found}, as this program needs it."),
    "schema.empty": Wording("failure", "The database is empty.", "Type `yemae migrate`."),
    "schema.older": Wording(
        "failure", "The database is at schema {found}; this program needs {head}.",
        "Back up, then type `yemae migrate`.",
    ),
    "schema.ahead": Wording(
        "warning", "The database is at schema {found}; this program ({head}) still works on it.",
        "Install the newer program on this node.",
    ),
    "schema.newer": Wording(
        "failure", "The database is at schema {found}, too new for this program ({head}).",
        "Install the newer program on this node.",
    ),
    "schema.unknown": Wording("failure", "{sentence}", "Correct it, then look again."),
    "role.guarded": Wording("ok", "The role {role} cannot change the ledger."),
    "role.unguarded": Wording(
        "warning", "The role {role} is {what} and could change the ledger and the logs.",
        "Work as a role that owns nothing: see Roles in docs/operations.md.",
    ),
}  # fmt: skip

VALKEY = {
    "valkey.answers": Wording("ok", "Valkey answers."),
    "valkey.away": Wording(
        "failure", "Valkey cannot be reached: {reason}.",
        "Start it, or correct YEMAE_VALKEY_URL; a private one says more in log/valkey.log.",
    ),
    "valkey.partly_away": Wording(
        "warning", "Valkey at {place} cannot be reached: {reason}.",
        "Start it, or take it out of the cluster and of YEMAE_VALKEY_URL.",
    ),
    "valkey.not_begun": Wording(
        "not_checked", "There is no private Valkey yet.", "`yemae serve` makes it; look again then."
    ),
    "valkey.not_started": Wording("not_checked", "The private stores cannot be used."),
    "valkey_role.master": Wording("ok", "Valkey can be written to."),
    "valkey_role.replica": Wording(
        "failure", "Valkey at {place} is a replica.", "Name its master in YEMAE_VALKEY_URL."
    ),
    "valkey_role.unknown": Wording(
        "not_checked", "Valkey at {place} does not say whether it is a replica.",
        "Allow INFO to its user.",
    ),
    "valkey_replicas.alone": Wording("ok", "No sentinel replaces this Valkey."),
    "valkey_replicas.wanted": Wording("ok", "A primary that was cut off takes no writes."),
    "valkey_replicas.none": Wording(
        "warning",
        "Valkey at {place} has min-replicas-to-write 0: a primary that was replaced while it could "
        "not be reached takes writes until the sentinels reach it again, and these are lost.",
        "Set min-replicas-to-write 1 " + CONFIG_SET + ".",
    ),
    "valkey_version.new": Wording("ok", "{kind} is {version}."),
    "valkey_version.old": Wording(
        "failure", "{kind} {version} at {place} is too old.",
        "Install Valkey 8 or newer, or Redis 7 or newer.",
    ),
    "valkey_version.unknown": Wording(
        "not_checked", "Valkey at {place} does not say its version.", "Allow INFO to its user."
    ),
    "valkey_eviction.keeps": Wording("ok", "Valkey throws nothing away."),
    "valkey_eviction.evicts": Wording(
        "failure",
        "Valkey at {place} has maxmemory-policy {policy}: when its memory is full it throws "
        "waiting rooms away.",
        "Set maxmemory-policy noeviction " + CONFIG_SET + ".",
    ),
    "valkey_eviction.unknown": Wording(
        "warning", "maxmemory-policy of Valkey at {place} cannot be read.",
        "Make sure that it is noeviction, and allow CONFIG or INFO to its user.",
    ),
    "valkey_disk.written": Wording("ok", "Valkey writes every change to its append-only file."),
    "valkey_disk.unwritten": Wording(
        "warning",
        "Valkey at {place} writes nothing to disk (appendonly no, save \"\"): a restart of it "
        "empties every waiting room, and no fan is admitted until the places are restored from the "
        "fans' tokens.",
        "Set appendonly yes " + CONFIG_SET + ".",
    ),
    "valkey_disk.snapshots": Wording(
        "warning",
        "Valkey at {place} writes snapshots only: a restart of it takes the waiting rooms back by "
        "minutes.",
        "Set appendonly yes " + CONFIG_SET + ".",
    ),
    "valkey_disk.late": Wording(
        "warning",
        "Valkey at {place} has appendfsync no: a crash of its machine loses about half a minute.",
        "Set appendfsync everysec " + CONFIG_SET + ".",
    ),
    "valkey_disk.failing": Wording(
        "failure", "Valkey at {place} could not write to its disk.",
        "Look at its log and its disk: it may refuse all writes until one succeeds.",
    ),
    "valkey_disk.unknown": Wording(
        "warning", "Valkey at {place} does not say whether it writes to disk.",
        "Make sure that appendonly is yes, and allow INFO to its user.",
    ),
    "valkey_memory.enough": Wording(
        "ok", "Valkey at {place} has {used_mb} of {limit_mb} MB in use."
    ),
    "valkey_memory.unlimited": Wording(
        "ok", "Valkey has no maxmemory; {used_mb} MB are in use."
    ),
    "valkey_memory.low": Wording(
        "warning", "Valkey at {place} has {used_mb} of {limit_mb} MB in use.",
        "Raise maxmemory " + CONFIG_SET + ": when it is full, no fan can join.",
    ),
    "valkey_memory.full": Wording(
        "failure", "Valkey at {place} has {used_mb} of {limit_mb} MB in use: no fan can join.",
        "Raise maxmemory " + CONFIG_SET + ".",
    ),
    "valkey_memory.unknown": Wording(
        "not_checked", "Valkey at {place} does not say how much memory it has in use.",
        "Allow INFO to its user.",
    ),
}  # fmt: skip
