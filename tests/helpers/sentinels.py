"""Three Valkey servers, a primary and two replicas, with a sentinel beside each: the files of
deploy/valkey/, on machines of loopback.

A machine is killed, frozen and started by its number; the first begins as the primary.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from valkey import Valkey as BlockingValkey
from valkey.exceptions import ValkeyError

from helpers.cluster import until
from helpers.machines import end_all, filled, hosts
from yemae.embedded.account import SystemUser
from yemae.embedded.children import start_child
from yemae.embedded.valkey_server import BINARY, END

MACHINES = 3
PASSWORD = "a-password-of-valkey"
# What the sentinels wait for where a test is in a hurry.
HURRY = {"down-after-milliseconds yemae 3000": "down-after-milliseconds yemae 600",
         "failover-timeout yemae 10000": "failover-timeout yemae 2000"}  # fmt: skip
# How often sentinels tell one another what they know and ask the servers, and for how long one that
# was frozen only watches, in ms.
HURRIED = (
    *("PUBLISH-PERIOD", 200, "INFO-PERIOD", 500, "PING-PERIOD", 100, "ASK-PERIOD", 100),
    *("TILT-PERIOD", 1_000, "SLAVE-RECONF-TIMEOUT", 1_000),
)


class Sentinels:
    """The machines, and what a test does to them."""

    def __init__(self, folder: Path, *, hurry: bool) -> None:
        self.folder = folder
        self.hosts = hosts(MACHINES)
        self._in_a_hurry = hurry
        self._running: dict[int, list[subprocess.Popen[bytes]]] = {}

    @property
    def url(self) -> str:
        """As an operator would write it."""
        return (
            f"valkey+sentinel://:{PASSWORD}@{','.join(self.hosts)}/yemae"
            f"?sentinel_password={PASSWORD}"
        )

    def url_of(self, machine: int) -> str:
        """One server by itself."""
        return f"valkey://:{PASSWORD}@{self.hosts[machine]}:6379"

    def start(self) -> None:
        """Make and start all machines, and wait until all know one another."""
        for machine in range(MACHINES):
            self._folder(machine).mkdir()
            self._write(machine)
            self._running[machine] = [self._start(machine, "valkey.conf")]
        until(lambda: self._replicas(0) == MACHINES - 1)
        for machine in range(MACHINES):
            self._running[machine].append(self._start_sentinel(machine))
        self.wait_until_whole()

    def stop(self) -> None:
        """End whatever runs."""
        end_all([each for machine in self._running.values() for each in machine])
        self._running.clear()

    def kill(self, machine: int) -> None:
        """The power fails: SIGKILL for the server and its sentinel."""
        end_all(self._running.pop(machine))

    def freeze(self, machine: int) -> None:
        """Stop the server and its sentinel in the middle of whatever they do."""
        self._signal(machine, signal.SIGSTOP)

    def thaw(self, machine: int) -> None:
        """Let them go on."""
        self._signal(machine, signal.SIGCONT)

    def revive(self) -> None:
        """Start every machine that is down, from the files that it left."""
        for machine in range(MACHINES):
            if machine not in self._running:
                self._running[machine] = [
                    self._start(machine, "valkey.conf"),
                    self._start_sentinel(machine),
                ]

    def ask(self, machine: int, *command: str | int) -> Any:
        """One command to one server."""
        return self._ask(machine, 6379, *command)

    def primary(self) -> int:
        """The machine that most sentinels say is the primary."""
        named = self._named()
        assert named is not None, "no sentinel answers"
        return named

    def wait_for_primary_other_than(self, old: int) -> None:
        """Wait until another machine is the primary."""
        until(lambda: self._named() not in (None, old))

    def wait_for_other_replica(self, primary: int) -> None:
        """Wait until the machine that is neither follows the primary."""
        until(lambda: self._replicas(primary) == MACHINES - 2)

    def wait_for_replicas(self, primary: int) -> None:
        """Wait until both replicas have all writes of the primary so far."""
        written = self.ask(primary, "ROLE")[1]

        def all_have() -> bool:
            replicas = self.ask(primary, "ROLE")[2]
            return len(replicas) == MACHINES - 1 and all(
                int(offset) >= written for *_, offset in replicas
            )

        until(all_have)

    def wait_until_whole(self) -> None:
        """Wait until the sentinels know one another and both replicas, which follow the primary."""
        until(self._is_whole)

    def promote_another(self) -> None:
        """What an operator types for a planned change of the primary."""
        old = self.primary()
        asked = next(machine for machine in self._running if machine != old)
        self._ask(asked, 26379, "SENTINEL", "FAILOVER", "yemae")
        self.wait_for_primary_other_than(old)

    def _named(self) -> int | None:
        said = []
        for machine in self._running:
            with suppress(ValkeyError):
                host, _ = self._ask(machine, 26379, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "yemae")
                said.append(self.hosts.index(host))
        return max(said, key=said.count, default=None)

    def _is_whole(self) -> bool:
        try:
            return self._replicas(self._named() or 0) == MACHINES - 1 and all(
                self._sees_all(machine) for machine in range(MACHINES)
            )
        except (ValkeyError, KeyError):
            return False

    def _sees_all(self, machine: int) -> bool:
        flat = self._ask(machine, 26379, "SENTINEL", "MASTER", "yemae")
        state = dict(zip(flat[::2], flat[1::2], strict=True))
        replicas = self._ask(machine, 26379, "SENTINEL", "REPLICAS", "yemae")
        flags = [dict(zip(each[::2], each[1::2], strict=True))["flags"] for each in replicas]
        return (state["flags"], state["num-other-sentinels"]) == (
            "master",
            str(MACHINES - 1),
        ) and flags == ["slave"] * (MACHINES - 1)

    def _replicas(self, machine: int) -> int:
        """How many replicas follow it."""
        try:
            _, _, replicas = self.ask(machine, "ROLE")
        except (ValkeyError, ValueError):
            return 0
        return len(replicas)

    def _ask(self, machine: int, port: int, *command: str | int) -> Any:
        with BlockingValkey(
            host=self.hosts[machine], port=port, password=PASSWORD, decode_responses=True,
            socket_timeout=1, socket_connect_timeout=1,
        ) as client:  # fmt: skip
            return client.execute_command(*command)

    def _signal(self, machine: int, number: int) -> None:
        for process in self._running[machine]:
            os.kill(process.pid, number)

    def _folder(self, machine: int) -> Path:
        return self.folder / f"machine-{machine}"

    def _write(self, machine: int) -> None:
        here = {"/var/lib/valkey": str(self._folder(machine))}
        said = {"THIS_HOST": self.hosts[machine], "PASSWORD": PASSWORD}
        server = filled("valkey/sentinel-server.conf", here, **said)
        if machine:
            server += f"replicaof {self.hosts[0]} 6379\n"
        hurry = HURRY if self._in_a_hurry else {}
        sentinel = filled("valkey/sentinel.conf", here | hurry, FIRST_HOST=self.hosts[0], **said)
        (self._folder(machine) / "valkey.conf").write_text(server)
        (self._folder(machine) / "sentinel.conf").write_text(sentinel)

    def _start_sentinel(self, machine: int) -> "subprocess.Popen[bytes]":
        process = self._start(machine, "sentinel.conf", "--sentinel")
        if self._in_a_hurry:
            until(lambda: self._hurries(machine))
        return process

    def _hurries(self, machine: int) -> bool:
        with suppress(ValkeyError):
            return bool(self._ask(machine, 26379, "SENTINEL", "DEBUG", *HURRIED))
        return False

    def _start(self, machine: int, conf: str, *options: str) -> "subprocess.Popen[bytes]":
        folder = self._folder(machine)
        return start_child(
            [str(BINARY), str(folder / conf), *options],
            end=END, account=SystemUser(os.geteuid(), os.getegid()), environ=dict(os.environ),
            folder=folder, log=folder / f"{conf}.log",
        )  # fmt: skip


@contextmanager
def three_machines() -> Iterator[Sentinels]:
    """Three machines that look closely, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="yemae-sentinels-", ignore_cleanup_errors=True) as path:
        machines = Sentinels(Path(path), hurry=True)
        try:
            machines.start()
            yield machines
        finally:
            machines.stop()
