"""A Valkey cluster of six machines on loopback, from the file of deploy/valkey/."""

from pathlib import Path

from helpers.cluster import MASTERS, Cluster
from helpers.machines import filled, hosts


class ShippedCluster(Cluster):
    """Six machines, each with the file of deploy/valkey/."""

    password = "a-password-of-valkey"
    # One that froze is asked too.
    answer_s = 2

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hosts = hosts(2 * MASTERS)
        self.ports, self._bus = [6379] * (2 * MASTERS), [16379] * (2 * MASTERS)

    def conf(self, node: int) -> str:
        """What an operator fills in."""
        here = {"/var/lib/valkey": str(self._folder(node))}
        said = {"THIS_HOST": self.hosts[node], "PASSWORD": str(self.password)}
        return filled("valkey/cluster-node.conf", here, **said)
