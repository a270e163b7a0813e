"""Two PostgreSQL servers that Patroni keeps, with etcd on three machines: the files of
deploy/patroni/, on machines of loopback, and the PostgreSQL of the private stores.

A machine is killed, frozen and started by its number; on the third is only etcd.
"""

import json
import os
import signal
import subprocess
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from helpers.cluster import until
from helpers.machines import end_all, family, filled, hosts, signal_all
from yemae.embedded.account import SystemUser, store_account
from yemae.embedded.children import start_child
from yemae.embedded.postgres_server import BINARIES
from yemae.schema.roles import APP_ROLE

ROOT = Path(__file__).parents[2]
# Made by scripts/test_deploy.py.
PROGRAMS = ROOT / ".make" / "patroni" / "bin"
SERVERS, MACHINES = 2, 3
PASSWORD = "a-password-of-postgresql"
OWNER = "yemae"
SECRETS = ("RESTAPI", "SUPERUSER", "REPLICATION", "REWIND")
START_S = 180.0


class Patroni:
    """The machines, and what a test does to them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hosts = hosts(MACHINES)
        self._etcd: dict[int, subprocess.Popen[bytes]] = {}
        self._patroni: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """Both servers, as an operator would write them; of the owner of the database."""
        servers = ",".join(self.hosts[:SERVERS])
        return f"postgresql://{OWNER}:{PASSWORD}@{servers}/{OWNER}"

    def start(self) -> None:
        """Make and start all machines, and wait until the standby follows."""
        account = _account()
        for machine in range(MACHINES):
            folder = self._folder(machine)
            for each in (folder, folder / "data", folder / "run", folder / "etcd"):
                each.mkdir(mode=0o700)
                os.chown(each, account.uid, account.gid)
            self._write(machine)
            self._start_etcd(machine)
        self._start_patroni(0)
        until(lambda: self.primary() == 0, START_S)
        self._start_patroni(1)
        self.wait_until_whole()
        self._make_database()

    def stop(self) -> None:
        """End whatever runs."""
        for machine in list(self._patroni):
            self.kill(machine)
        end_all(list(self._etcd.values()))

    def primary(self) -> int | None:
        """The machine whose Patroni says that it is the primary, if there is one."""
        for machine in self._patroni:
            if self._rest(machine, "primary") is not None:
                return machine
        return None

    def kill_postgresql(self, machine: int) -> None:
        """SIGKILL for every process of its PostgreSQL."""
        signal_all(self._postgresql(machine), signal.SIGKILL)

    def kill(self, machine: int) -> None:
        """The power fails: SIGKILL for all of it."""
        processes = self._all(machine)
        signal_all(processes, signal.SIGKILL)
        self._patroni.pop(machine).wait()
        self._etcd.pop(machine).wait()
        psutil.wait_procs(processes)

    def freeze(self, machine: int) -> None:
        """Stop all of it in the middle of whatever it does."""
        signal_all(self._all(machine), signal.SIGSTOP)

    def thaw(self, machine: int) -> None:
        """Let it go on."""
        signal_all(self._all(machine), signal.SIGCONT)

    def revive(self) -> None:
        """Start every machine that is down."""
        for machine in range(SERVERS):
            if machine not in self._patroni:
                self._start_etcd(machine)
                self._start_patroni(machine)

    def switch_over(self) -> None:
        """What an operator types for a planned change of the primary."""
        command = [str(PROGRAMS / "patronictl"), "-c", str(self._folder(2) / "patroni.yaml"),
                   "switchover", "yemae", "--force"]  # fmt: skip
        environ = {**os.environ, **self._environ(0)}
        done = subprocess.run(
            command, env=environ, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def wait_for_primary_other_than(self, old: int) -> None:
        """Wait until another machine is the primary."""
        until(lambda: self.primary() not in (None, old), START_S)

    def wait_until_whole(self) -> None:
        """Wait until the standby follows the primary, and commits wait for it."""
        until(self._is_whole, START_S)

    def sql(self, machine: int, query: str) -> list[Any]:
        """What one server says to its superuser."""
        address = make_conninfo(
            host=self.hosts[machine], user="postgres", password=PASSWORD, dbname="postgres",
            connect_timeout=3,
        )  # fmt: skip
        with psycopg.connect(address, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchall()

    def _is_whole(self) -> bool:
        """As Patroni has it, who promotes only what is `sync_standby` in etcd: PostgreSQL says that
        it is synchronous some seconds before."""
        primary = self.primary()
        if primary is None or len(self._patroni) < SERVERS:
            return False
        cluster = self._rest(primary, "cluster") or {"members": []}
        members = {(each["role"], each["state"]) for each in cluster["members"]}
        return ("sync_standby", "streaming") in members

    def _rest(self, machine: int, path: str) -> Any:
        """What its Patroni answers with 200, or None."""
        url = f"http://{self.hosts[machine]}:8008/{path}"
        with suppress(OSError), urllib.request.urlopen(url, timeout=1) as answer:
            return json.load(answer)
        return None

    def _make_database(self) -> None:
        """As docs/operations.md says."""
        address = make_conninfo(host=self.hosts[0], user="postgres", password=PASSWORD)
        with psycopg.connect(address, autocommit=True, dbname="postgres") as admin:
            for role in (OWNER, APP_ROLE):
                create = sql.SQL("create role {} login password {}")
                admin.execute(create.format(sql.Identifier(role), sql.Literal(PASSWORD)))
            admin.execute(sql.SQL("create database {0} owner {0}").format(sql.Identifier(OWNER)))

    def _postgresql(self, machine: int) -> list[psutil.Process]:
        """Its PostgreSQL's processes, which are not children of Patroni."""
        with suppress(OSError, IndexError, psutil.NoSuchProcess):
            pid = (self._folder(machine) / "data" / "postmaster.pid").read_text().splitlines()[0]
            postmaster = psutil.Process(int(pid))
            return [postmaster, *postmaster.children(recursive=True)]
        return []

    def _all(self, machine: int) -> list[psutil.Process]:
        return [
            *family(self._patroni[machine]),
            *self._postgresql(machine),
            *family(self._etcd[machine]),
        ]

    def _folder(self, machine: int) -> Path:
        return self.folder / f"machine-{machine}"

    def _write(self, machine: int) -> None:
        folder = self._folder(machine)
        named = {f"ETCD_{number}": host for number, host in enumerate(self.hosts, start=1)}
        said = {"THIS_HOST": self.hosts[machine], **named}
        etcd = filled("patroni/etcd.yaml", {"/var/lib/etcd": str(folder / "etcd")}, **said)
        (folder / "etcd.yaml").write_text(etcd)
        run = {"/var/run/postgresql": str(folder / "run")}
        (folder / "patroni.yaml").write_text(filled("patroni/patroni.yaml", run))
        here = {
            "/var/lib/postgresql/yemae": str(folder / "data"),
            "/var/lib/postgresql/.pgpass_patroni": str(folder / "run" / "pgpass"),
            "/usr/lib/postgresql/18/bin": str(BINARIES),
        }
        secrets = {f"{name}_PASSWORD": PASSWORD for name in SECRETS}
        (folder / "patroni.env").write_text(filled("patroni/patroni.env", here, **said, **secrets))
        for name in ("etcd.yaml", "patroni.yaml", "patroni.env"):
            (folder / name).chmod(0o644)

    def _environ(self, machine: int) -> dict[str, str]:
        lines = (self._folder(machine) / "patroni.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    def _start_etcd(self, machine: int) -> None:
        self._etcd[machine] = self._start(
            machine, ["etcd", "--config-file", str(self._folder(machine) / "etcd.yaml")], "etcd.log"
        )

    def _start_patroni(self, machine: int) -> None:
        command = [str(PROGRAMS / "patroni"), str(self._folder(machine) / "patroni.yaml")]
        self._patroni[machine] = self._start(machine, command, "patroni.log")

    def _start(self, machine: int, command: list[str], log: str) -> "subprocess.Popen[bytes]":
        folder = self._folder(machine)
        return start_child(
            command, end=signal.SIGTERM, account=_account(),
            environ={**os.environ, **self._environ(machine), "HOME": str(folder)}, folder=folder,
            log=folder / log,
        )  # fmt: skip


def _account() -> SystemUser:
    """For root the user of the stores, whom PostgreSQL accepts; it may read what only root can,
    such as a Python in root's home."""
    account = store_account()
    if not account.switches:
        return account
    become = ("--reuid", str(account.uid), "--regid", str(account.gid), "--clear-groups")
    reads = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    return SystemUser(account.uid, account.gid, (*become, *reads))
