"""The counts of all processes in Valkey: for each concert the orders that were opened and paid and
its refusals by step and type, for the server all refusals by type, the latencies of its calls and
the batches that were split.

They only grow, until Valkey loses them: then they begin at 0 again, as a counter of Prometheus does
when its process starts.
"""

from collections.abc import Mapping, Sequence

from yemae.base.tallies import LATENCIES, SERVER, SPLIT_BATCHES
from yemae.store.scripts import ScriptRow, script
from yemae.store.valkey import Valkey

# Longer than the history is kept.
KEPT_S = 90 * 86_400
OF_SERVER = {
    SERVER: "yemae:tallies",
    LATENCIES: "yemae:latencies",
    SPLIT_BATCHES: "yemae:split-batches",
}


class NamedTally(ScriptRow):
    """A count by its name."""

    name: str
    number: int


@script(__file__, ("tallies",))
def add_tallies_lua(*, ttl_s: int, each: Sequence[NamedTally]) -> None: ...
@script(__file__, ("tallies",))
def read_tallies_lua() -> list[NamedTally]: ...


async def add(valkey: Valkey, concert_id: str, counted: Mapping[str, int]) -> None:
    """Add what a process has counted of a concert, or of the server (a key of OF_SERVER).
    Raises StoreUnavailable."""
    each = [NamedTally(name, number) for name, number in counted.items()]
    await valkey.run(add_tallies_lua(ttl_s=KEPT_S, each=each), [_key(concert_id)])


async def read(valkey: Valkey, concert_id: str) -> dict[str, int]:
    """The counts of a concert, or of the server. Raises StoreUnavailable."""
    found = await valkey.run(read_tallies_lua(), [_key(concert_id)])
    return {each.name: each.number for each in found}


def _key(concert_id: str) -> str:
    return OF_SERVER.get(concert_id) or f"yemae:{{{concert_id}}}:tallies"
