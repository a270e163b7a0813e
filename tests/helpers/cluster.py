"""A Valkey cluster on loopback, from the same binary as the private Valkey: three masters, each
with a replica, in a folder of their own.

The nodes know one another from configuration files that are written before they start, so that no
test waits for gossip. Nodes are killed, frozen and started by their number: 0 to 2 start as
masters, and node n + 3 as the replica of node n.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from valkey import Valkey as BlockingValkey
from valkey.crc import key_slot
from valkey.exceptions import ValkeyError

from helpers.machines import free_ports
from yemae.embedded.account import SystemUser
from yemae.embedded.children import start_child
from yemae.embedded.valkey_server import BINARY, END

MASTERS = 3
SLOTS = 16_384
NODE_TIMEOUT_MS = 600
DEADLINE_S = 120.0
CONF = """\
port {port}
cluster-port {bus}
bind 127.0.0.1
dir {folder}
cluster-enabled yes
cluster-node-timeout {timeout}
cluster-require-full-coverage no
cluster-replica-validity-factor 0
cluster-allow-replica-migration no
repl-diskless-sync-delay 0
repl-ping-replica-period 1
appendonly yes
appendfsync no
save ""
"""


class Cluster:
    """The nodes, and what a test does to them."""

    password: str | None = None
    answer_s = 10

    def __init__(self, folder: Path, binary: Path = BINARY) -> None:
        self.folder = folder
        self.binary = binary
        ports = free_ports(4 * MASTERS)
        self.ports, self._bus = ports[::2], ports[1::2]
        self.hosts = ["127.0.0.1"] * (2 * MASTERS)
        self._running: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def url(self) -> str:
        """All six addresses, as an operator would write them."""
        account = f":{self.password}@" if self.password else ""
        places = zip(self.hosts, self.ports, strict=True)
        return f"valkey://{account}{','.join(f'{host}:{port}' for host, port in places)}"

    def url_of(self, node: int) -> str:
        """One address."""
        return f"valkey://127.0.0.1:{self.ports[node]}"

    def conf(self, node: int) -> str:
        """The settings of a node."""
        return CONF.format(
            port=self.ports[node],
            bus=self._bus[node],
            folder=self._folder(node),
            timeout=NODE_TIMEOUT_MS,
        )

    def start(self) -> None:
        """Make and start all nodes, and wait until each replica follows its master."""
        for node in range(2 * MASTERS):
            self._folder(node).mkdir()
            (self._folder(node) / "nodes.conf").write_text(self._nodes_conf(node))
            self.start_node(node)
        self.wait_until_whole()

    def stop(self) -> None:
        """End whatever runs."""
        for process in self._running.values():
            process.kill()
        for process in self._running.values():
            process.wait()
        self._running.clear()

    def start_node(self, node: int) -> None:
        """Start a node on what its folder says."""
        conf = self._folder(node) / "valkey.conf"
        conf.write_text(self.conf(node))
        self._running[node] = start_child(
            [str(self.binary), str(conf)],
            end=END, account=SystemUser(os.geteuid(), os.getegid()), environ=dict(os.environ),
            folder=self._folder(node), log=self._folder(node) / "log",
        )  # fmt: skip

    def kill(self, node: int) -> None:
        """SIGKILL."""
        process = self._running.pop(node)
        process.kill()
        process.wait()

    def revive(self) -> None:
        """Start every node that is down. From the main thread: children end with their thread."""
        for node in range(2 * MASTERS):
            if node not in self._running:
                self.start_node(node)

    def freeze(self, node: int) -> None:
        """Stop a node in the middle of whatever it does."""
        os.kill(self._running[node].pid, signal.SIGSTOP)

    def thaw(self, node: int) -> None:
        """Let it go on."""
        os.kill(self._running[node].pid, signal.SIGCONT)

    @contextmanager
    def frozen(self, node: int) -> Iterator[None]:
        """A node that is stopped during the block."""
        self.freeze(node)
        try:
            yield
        finally:
            self.thaw(node)

    def ask(self, node: int, *command: str | int) -> Any:
        """One command to one node."""
        with BlockingValkey(
            host=self.hosts[node], port=self.ports[node], password=self.password,
            decode_responses=True, socket_timeout=self.answer_s,
        ) as client:  # fmt: skip
            return client.execute_command(*command)

    def master_of(self, key: str) -> int:
        """Which node has a key now, as all masters that run see it."""
        slot = key_slot(key.encode())
        found: set[int] = set()

        def all_agree() -> bool:
            found.clear()
            found.update(self._owners(slot))
            return len(found) == 1

        until(all_agree)
        return found.pop()

    def replica_of(self, master: int) -> int:
        """The other node of a master's pair."""
        return (master + MASTERS) % (2 * MASTERS)

    def wait_for_master_other_than(self, old: int, key: str) -> None:
        """Wait until another node has a key."""
        until(lambda: self.master_of(key) != old)

    def move(self, key: str) -> int:
        """Move a key's slot to another master as a whole, and wait for it; the new master."""
        slot, old, new = self._move_of(key)
        there = self.ask(new, "CLUSTER", "MYID")
        self.ask(old, "CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", slot, slot, "NODE", there)
        self.wait_for_master_other_than(old, key)
        return new

    def begin_move(self, key: str) -> "Move":
        """Begin to move a key's slot to another master, key by key."""
        return Move(self, *self._move_of(key))

    def _move_of(self, key: str) -> tuple[int, int, int]:
        old = self.master_of(key)
        return key_slot(key.encode()), old, next(n for n in self.masters() if n != old)

    def wait_for_replica(self, master: int) -> None:
        """Wait until a master's replica has all writes of the master so far."""
        written = self.ask(master, "ROLE")[1]
        until(lambda: self.ask(self.replica_of(master), "ROLE")[4] >= written)

    def empty(self) -> None:
        """Remove every key and script."""
        for node in self.masters():
            self.ask(node, "FLUSHALL")

    def masters(self) -> list[int]:
        """The nodes that say they are masters."""
        return [node for node in sorted(self._running) if self._role(node) == "master"]

    def wait_until_whole(self) -> None:
        """Wait until three masters have all slots, and each has a replica that follows."""
        until(self._is_whole)

    def _owners(self, slot: int) -> list[int]:
        owners = []
        for node in self.masters():
            for first, last, (host, port, *_), *_ in self.ask(node, "CLUSTER", "SLOTS"):
                if first <= slot <= last:
                    owners.append(self._addresses.index((host, port)))
        return owners

    def _role(self, node: int) -> str:
        with suppress(ValkeyError):
            return str(self.ask(node, "ROLE")[0])
        return "away"

    def _is_whole(self) -> bool:
        with suppress(ValkeyError):
            return len(self._running) == 2 * MASTERS and all(
                _fine(self.ask(node, "CLUSTER", "INFO"), self.ask(node, "INFO", "replication"))
                for node in self._running
            )
        return False

    @property
    def _addresses(self) -> list[tuple[str, int]]:
        return list(zip(self.hosts, self.ports, strict=True))

    def _folder(self, node: int) -> Path:
        return self.folder / f"node-{node}"

    def _nodes_conf(self, myself: int) -> str:
        lines = []
        for node in range(2 * MASTERS):
            flags = "myself," if node == myself else ""
            shard = f"shard-id={_id(node % MASTERS)}"
            place = f"{self.hosts[node]}:{self.ports[node]}@{self._bus[node]}"
            address = f"{_id(node)} {place},,{shard}"
            if node < MASTERS:
                first, last = SLOTS * node // MASTERS, SLOTS * (node + 1) // MASTERS - 1
                epoch = node + 1
                role = f"{flags}master - 0 0 {epoch} connected {first}-{last}"
            else:
                epoch = node - MASTERS + 1
                role = f"{flags}slave {_id(node - MASTERS)} 0 0 {epoch} connected"
            lines.append(f"{address} {role}")
        return "\n".join([*lines, f"vars currentEpoch {MASTERS} lastVoteEpoch 0", ""])


class Move:
    """A slot on its way from one master to another."""

    def __init__(self, cluster: Cluster, slot: int, old: int, new: int) -> None:
        self.cluster, self.slot, self.old, self.new = cluster, slot, old, new
        self._set(new, "IMPORTING", self._id(old))
        self._set(old, "MIGRATING", self._id(new))

    def take(self, key: str) -> None:
        """Move one key."""
        port = self.cluster.ports[self.new]
        self.cluster.ask(self.old, "MIGRATE", "127.0.0.1", port, key, 0, 10_000)

    def end(self) -> None:
        """Tell every master who has the slot now."""
        for node in (self.new, *self.cluster.masters()):
            self._set(node, "NODE", self._id(self.new))

    def _id(self, node: int) -> str:
        return str(self.cluster.ask(node, "CLUSTER", "MYID"))

    def _set(self, node: int, word: str, other: str) -> None:
        self.cluster.ask(node, "CLUSTER", "SETSLOT", self.slot, word, other)


def until(condition: Callable[[], bool], deadline_s: float = DEADLINE_S) -> None:
    """Wait for a condition; the test fails when it does not come true."""
    deadline = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def _id(node: int) -> str:
    return f"{node + 1:040x}"


def _fine(cluster: Any, replication: Any) -> bool:
    """Whether a node sees a whole cluster, and its own pair is in step."""
    in_step = (
        replication["connected_slaves"] == 1
        if replication["role"] == "master"
        else replication["master_link_status"] == "up"
    )
    return "cluster_state:ok" in cluster and in_step
