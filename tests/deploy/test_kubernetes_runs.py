"""The containers of deploy/kubernetes/ run: their words and their settings, on real stores, as an
ordinary user who sees everything but one folder read-only."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from psycopg.conninfo import make_conninfo
from valkey import Valkey
from valkey.exceptions import AuthenticationError, ValkeyError

from helpers.kustomize import BUILDS, SECRET, Resource, containers, environ, one
from helpers.serving import until
from yemae.doctor.valkey import check_valkey
from yemae.embedded.account import store_account
from yemae.embedded.valkey_server import BINARY
from yemae.schema.roles import APP_ROLE
from yemae.store.valkey_facts import valkey_facts

# The production overlay, which has a component for each store.
OVERLAY = BUILDS[1]
# A busy machine takes long.
WAIT_S = 240
PROGRAM = Path(sys.executable).with_name("yemae")
APART = ("unshare", "--mount", "--propagation=private")
# Everything is read-only but one folder, as in a container with a read-only root.
READ_ONLY = (
    'mount -o remount,bind,ro / && mount -t tmpfs -o mode=1777 tmpfs "$1" && shift && exec "$@"'
)


def read_only(writable: Path) -> list[str]:
    """What root puts before a command that is to write to one folder alone; nothing where this
    machine gives no right to that."""
    if os.geteuid() != 0 or subprocess.run([*APART, "true"], check=False).returncode != 0:
        return []
    return [*APART, "sh", "-c", READ_ONLY, "sh", str(writable)]


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_user() -> list[str]:
    """What root puts before a command that is to run as an ordinary user without a right, but to
    read the program, which may be below /root here."""
    account = store_account()
    if not account.switches:
        return []
    rights = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--no-new-privs")
    ids = ("--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups")
    return ["setpriv", *ids, *rights]


class Pod:
    """A container's own words as a process, with its output in a file."""

    def __init__(self, container: Resource, folder: Path, **variables: str) -> None:
        self.container = container
        self.said = folder / "said"
        self.port = int(variables["YEMAE_PORT"])
        self._writable = folder / "tmp"
        self._writable.mkdir()
        self.environ = {"PATH": os.environ["PATH"], "TMPDIR": str(self._writable), **variables}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *before: str) -> subprocess.Popen[bytes]:
        """Start it with these words in front, such as `setpriv`."""
        command = [*read_only(self._writable), *before, str(PROGRAM), *self.container["args"]]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(
                command, env=self.environ, stdout=said, stderr=said, start_new_session=True, cwd="/"
            )
        return self.process

    def status(self, path: str, **headers: str) -> int:
        """What it answers; 0 while nothing listens, and the test fails when it has ended."""
        assert self.process is not None
        assert self.process.poll() is None, self.said.read_text()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            return httpx.get(
                f"http://127.0.0.1:{self.port}{path}", headers=named, timeout=WAIT_S
            ).status_code
        except httpx.TransportError:
            return 0

    def stop(self) -> None:
        """End it if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(WAIT_S)


def variables(
    database_url: str, valkey_url: str = "", workload: str = "Deployment"
) -> dict[str, str]:
    """The environment of a workload, but for the addresses, a free port, the mode and no drain."""
    name = "yemae" if workload == "Deployment" else "yemae-migrate"
    said = environ(OVERLAY, workload, name)
    here = {
        "YEMAE_DATABASE_URL": database_url,
        "YEMAE_VALKEY_URL": valkey_url,
        "YEMAE_PORT": str(free_port()),
        "YEMAE_SHUTDOWN_DRAIN_S": "0",
        # In production a server refuses the stores of the tests, which lose commits in a crash.
        "YEMAE_MODE": "development",
    }
    return {**said, **{key: value for key, value in here.items() if key in said}}


@pytest.fixture
def server(database_url: str, valkey_url: str, tmp_path: Path) -> Iterator[Pod]:
    """The server's container, not started."""
    (container,) = containers(one(OVERLAY, "Deployment", "yemae"))
    url = make_conninfo(database_url, user=APP_ROLE)
    pod = Pod(container, tmp_path, **variables(url, valkey_url))
    yield pod
    pod.stop()


def test_the_server_runs_in_its_container(server: Pod) -> None:
    process = server.start(*as_user())
    probes = {
        name: server.container[name]["httpGet"]["path"]
        for name in ("startupProbe", "readinessProbe", "livenessProbe")
    }
    for path in probes.values():
        until(lambda path=path: server.status(path) == 200)  # type: ignore[misc]
    assert server.status("/metrics", Host="10.0.0.7:8000") == 200
    assert server.status("/metrics", Host="10.0.0.7:8000", X_Forwarded_For="203.0.113.7") == 404
    assert psutil.Process(process.pid).uids().effective != 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(WAIT_S) == 0
    assert "is no setting of Yemae" not in server.said.read_text()


def test_the_view_of_a_container_is_read_only(tmp_path: Path) -> None:
    if not read_only(tmp_path):
        pytest.skip("no right to a view of its own")
    tries = "import pathlib, sys\npathlib.Path(sys.argv[1]).write_text('')"
    for path, works in ((tmp_path / "tmp" / "a", True), (tmp_path / "a", False)):
        (tmp_path / "tmp").mkdir(exist_ok=True)
        command = [*read_only(tmp_path / "tmp"), *as_user(), sys.executable, "-c", tries, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        assert (done.returncode == 0) == works, done.stderr


def test_a_server_refuses_the_schema_that_the_job_brings_up_to_date(
    empty_database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    (serve,) = containers(one(OVERLAY, "Deployment", "yemae"))
    (migrate,) = containers(one(OVERLAY, "Job", "yemae-migrate"))
    url = make_conninfo(empty_database_url, user=APP_ROLE)
    folders = [tmp_path / name for name in ("early", "job")]
    for folder in folders:
        folder.mkdir()
    early = Pod(serve, folders[0], **variables(url, valkey_url))
    job = Pod(migrate, folders[1], **variables(empty_database_url, workload="Job"))
    assert early.start(*as_user()).wait(WAIT_S) != 0
    assert "type `yemae migrate` first" in early.said.read_text()
    # As root here, because PostgreSQL takes no other user of this machine for the owner.
    assert job.start().wait(WAIT_S) == 0, job.said.read_text()
    assert "applied 0001" in job.said.read_text()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[str]:
    """The address of the component's Valkey: its own file and words, and another folder."""
    (container,) = containers(one(OVERLAY, "StatefulSet", "valkey"))
    conf, port = tmp_path / "valkey.conf", free_port()
    conf.write_text(one(OVERLAY, "ConfigMap", "valkey-settings")["data"]["valkey.conf"])
    here = {"/etc/valkey/valkey.conf": str(conf), "/data": str(tmp_path)}
    words = [
        here.get(word, word).replace("$(VALKEY_PASSWORD)", SECRET)
        for word in container["command"][1:]
    ]
    words += ["--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen([BINARY, *words], stdout=subprocess.DEVNULL)
    yield f"valkey://:{SECRET}@127.0.0.1:{port}/0"
    process.terminate()
    process.wait(WAIT_S)


def answers(url: str) -> bool:
    with Valkey.from_url(url) as client:
        try:
            return bool(client.ping())
        except AuthenticationError:
            raise
        except ValkeyError:
            return False


def test_the_valkey_of_the_component_keeps_fans_and_wants_its_password(valkey: str) -> None:
    until(lambda: answers(valkey))
    assert {found.state for found in check_valkey(valkey_facts(valkey))} == {"ok"}
    with pytest.raises(AuthenticationError):
        answers(valkey.replace(f":{SECRET}@", ""))
