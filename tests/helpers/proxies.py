"""A real nginx, HAProxy or PgBouncer on loopback, with a configuration that the test gives.

`LISTEN` in the configuration stands for the address and port that the proxy is reached at. Always
holds: the proxy has ended when the block ends, and keeps its files in the test's folder. A machine
without the proxy skips the test and says what to type.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from yemae.embedded.account import SYSTEM_USER

START_S = 30.0
END_S = 30.0
# Debian keeps them where only root's path looks.
PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
MISSING = (
    "No {0}: type `sudo apt-get install nginx haproxy pgbouncer openssl` (as root on Debian, "
    "`scripts/set-up dev` does that)."
)
NGINX = """{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{http}
}}
"""


class Proxy:
    """A proxy that runs."""

    def __init__(self, port: int, said: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._said = said

    def said(self) -> str:
        """What it wrote to its standard error."""
        return self._said.read_text(errors="replace")


@contextmanager
def nginx(folder: Path, http: str) -> Iterator[Proxy]:
    """Run nginx; `http` is what stands inside `http { … }`, with `listen LISTEN;` in a server."""
    command = program("nginx")
    # Started by root, its worker would otherwise be a user who cannot enter the test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    port = free_ports(1)[0]
    config = folder / "nginx.conf"
    text = NGINX.format(user=user, folder=folder, http=http.replace("LISTEN", _address(port)))
    config.write_text(text)
    with running([command, "-e", "stderr", "-c", str(config)], folder / "nginx.err", port) as it:
        yield it


@contextmanager
def haproxy(folder: Path, config: str) -> Iterator[Proxy]:
    """Run HAProxy; `config` is the whole file, with `bind LISTEN` in a frontend."""
    command = program("haproxy")
    port = free_ports(1)[0]
    path = folder / "haproxy.cfg"
    path.write_text(config.replace("LISTEN", _address(port)).rstrip() + "\n")
    with running([command, "-db", "-f", str(path)], folder / "haproxy.err", port) as it:
        yield it


@contextmanager
def pgbouncer(folder: Path, database_url: str, *settings: str) -> Iterator[str]:
    """Run PgBouncer before a database, with further settings; gives the URL through it."""
    command = program("pgbouncer")
    port = free_ports(1)[0]
    parts = conninfo_to_dict(database_url)
    names = ("host", "port", "dbname", "user")
    behind = " ".join(f"{name}={parts[name]}" for name in names)
    lines = [
        "[databases]",
        f"yemae = {behind}",
        "[pgbouncer]",
        "listen_addr = 127.0.0.1",
        f"listen_port = {port}",
        "unix_socket_dir =",
        "auth_type = any",
        "pool_mode = transaction",
        *settings,
    ]
    # It refuses to run as root, and the system user of root's stores reaches their socket.
    if os.geteuid() == 0:
        lines.append(f"user = {SYSTEM_USER}")
    path = folder / "pgbouncer.ini"
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o644)
    with running([command, str(path)], folder / "pgbouncer.err", port):
        yield f"postgresql://{parts['user']}@127.0.0.1:{port}/yemae"


def program(name: str) -> str:
    """The path of a program, or the end of the test, which is skipped."""
    found = shutil.which(name, path=PLACES)
    if found is None:
        pytest.skip(MISSING.format(name))
    return found


def free_ports(count: int) -> list[int]:
    """Different ports that were free a moment ago."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _address(port: int) -> str:
    return f"127.0.0.1:{port}"


@contextmanager
def running(
    command: Sequence[str], said: Path, port: int, environ: Mapping[str, str] | None = None
) -> Iterator[Proxy]:
    """Run a program that listens on the port, with the environment if one is given."""
    with said.open("wb") as err:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=err, stderr=err, env=environ or None
        )
    try:
        _wait_until_it_listens(process, port, said)
        yield Proxy(port, said)
    finally:
        process.terminate()
        process.wait(timeout=END_S)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, said: Path) -> None:
    deadline = time.monotonic() + START_S
    while True:
        assert process.poll() is None, said.read_text(errors="replace")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, said.read_text(errors="replace")
        time.sleep(0.02)
