"""The client over a real cluster: keys go where they belong, whatever happens to the nodes."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from helpers.cluster import MASTERS, Cluster
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store.errors import StoreError
from yemae.store.failures import require_valkey
from yemae.store.scripts import script
from yemae.store.valkey import Valkey

PATIENCE_S = 4
# Far less than what many callers take who each wait that long, however busy the machine is.
LONG_S = 5 * PATIENCE_S
# One for each of the masters that the cluster begins with.
KEYS = ("{b}", "{c}", "{a}")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Valkey]:
    """A client that is patient for some seconds."""
    store = Valkey(Settings().replace(valkey_url=url, valkey_timeout_s=PATIENCE_S))
    try:
        yield store
    finally:
        await store.close()


@pytest.fixture
async def store(cluster: Cluster) -> AsyncIterator[Valkey]:
    """A client that knows one address of the cluster, and has not asked anything."""
    async with opened(cluster.url_of(0)) as found:
        yield found


async def count(store: Valkey, key: str) -> int:
    """One to the counter, by script."""
    return await store.count_up(key, 60)


class Asking:
    """A caller that counts up one key all the time, while a block runs."""

    def __init__(self, store: Valkey, key: str) -> None:
        self.store = store
        self.key = key
        self.counted = 0
        self.refused = 0
        self.slowest_s = 0.0
        self.is_over = False

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator["Asking"]:
        """What it does. It has been answered before the block, and is at the end."""
        running = asyncio.create_task(self._run())
        try:
            await self.is_answered()
            yield self
            await self.is_answered()
        finally:
            self.is_over = True
            await running

    async def is_answered(self) -> None:
        """Wait for an answer to something that is not asked yet."""
        enough = self.counted + 2
        async with asyncio.timeout(60):
            while self.counted < enough:  # noqa: ASYNC110 - a counter of the task beside
                await asyncio.sleep(0.005)

    async def _run(self) -> None:
        while not self.is_over:
            started = time.monotonic()
            try:
                await count(self.store, self.key)
                self.counted += 1
            except StoreUnavailable:
                self.refused += 1
                await asyncio.sleep(0.005)
            self.slowest_s = max(self.slowest_s, time.monotonic() - started)


def clients(cluster: Cluster, node: int) -> list[str]:
    """Who is connected to a node."""
    return str(cluster.ask(node, "CLIENT", "LIST")).splitlines()


def stored(cluster: Cluster, key: str) -> int:
    """What the key's master has counted."""
    return int(cluster.ask(cluster.master_of(key), "GET", key))


async def test_one_address_is_enough_to_reach_every_key(cluster: Cluster, store: Valkey) -> None:
    assert {cluster.master_of(key) for key in KEYS} == set(cluster.masters())
    await store.ping()
    for expected in (1, 2):
        assert [await count(store, key) for key in KEYS] == [expected] * MASTERS
    for key in KEYS:
        assert 0 < cluster.ask(cluster.master_of(key), "TTL", key) <= 60
        await store.forget(key)
        assert cluster.ask(cluster.master_of(key), "EXISTS", key) == 0


async def test_of_several_addresses_some_may_be_away(cluster: Cluster) -> None:
    away = "valkey://127.0.0.1:1"
    url = cluster.url.replace("valkey://", f"{away},", 1)
    require_valkey(url)
    async with opened(url) as store:
        await store.ping()
        assert [await count(store, key) for key in KEYS] == [1] * MASTERS


async def test_a_cluster_that_was_never_reached_is_away() -> None:
    url = "valkey://127.0.0.1:1,127.0.0.1:2"
    with pytest.raises(StoreError, match=r"127.0.0.1:1\b.*127.0.0.1:2\b"):
        require_valkey(url)
    async with opened(url) as store:
        with pytest.raises(StoreUnavailable):
            await store.ping()
        started = time.monotonic()
        for _ in range(20):
            with pytest.raises(StoreUnavailable):
                await count(store, KEYS[0])
        assert time.monotonic() - started < LONG_S, "each caller waits anew"


async def test_scripts_that_a_node_has_forgotten_are_sent_again(
    cluster: Cluster, store: Valkey
) -> None:
    await asyncio.gather(*(count(store, key) for key in KEYS))
    for node in cluster.masters():
        cluster.ask(node, "SCRIPT", "FLUSH")
    assert await asyncio.gather(*(count(store, key) for key in KEYS)) == [2] * MASTERS


async def test_no_call_fails_when_master_and_replica_change_places(
    cluster: Cluster, store: Valkey
) -> None:
    """The old master is read-only from then on."""
    old = cluster.master_of(KEYS[0])
    async with Asking(store, KEYS[0]).going_on() as asking:
        cluster.ask(cluster.replica_of(old), "CLUSTER", "FAILOVER")
        await asyncio.to_thread(cluster.wait_for_master_other_than, old, KEYS[0])
    assert (asking.refused, cluster.ask(old, "ROLE")[0]) == (0, "slave")
    assert stored(cluster, KEYS[0]) == asking.counted


async def test_a_call_whose_connection_breaks_is_not_repeated(
    cluster: Cluster, store: Valkey
) -> None:
    """The client cannot know whether it was carried out."""
    assert await count(store, KEYS[0]) == 1
    master = cluster.master_of(KEYS[0])
    cluster.ask(master, "CLIENT", "PAUSE", 20_000, "WRITE")
    calling = asyncio.create_task(count(store, KEYS[0]))
    async with asyncio.timeout(PATIENCE_S):
        while not is_waited_for(cluster, master):  # noqa: ASYNC110 - it waits for another program
            await asyncio.sleep(0.005)
    cluster.ask(master, "CLIENT", "KILL", "TYPE", "normal")
    cluster.ask(master, "CLIENT", "UNPAUSE")
    with pytest.raises(StoreUnavailable):
        await calling
    assert stored(cluster, KEYS[0]) == 1


def is_waited_for(cluster: Cluster, node: int) -> bool:
    """Whether a call has arrived and is held back."""
    return any("cmd=evalsha" in line and "flags=b" in line for line in clients(cluster, node))


async def test_a_killed_master_is_waited_for_until_its_replica_takes_over(
    cluster: Cluster, store: Valkey
) -> None:
    dead = cluster.master_of(KEYS[0])
    async with Asking(store, KEYS[1]).going_on() as other:
        async with Asking(store, KEYS[0]).going_on() as asking:
            cluster.kill(dead)
        assert cluster.master_of(KEYS[0]) == cluster.replica_of(dead)
    assert asking.slowest_s < LONG_S
    assert other.refused == 0


async def test_a_master_that_hangs_disturbs_no_call_to_the_others(
    cluster: Cluster, store: Valkey
) -> None:
    hanging = cluster.master_of(KEYS[0])
    asking, other = Asking(store, KEYS[0]), Asking(store, KEYS[1])
    async with other.going_on(), asking.going_on():
        with cluster.frozen(hanging):
            await asyncio.to_thread(cluster.wait_for_master_other_than, hanging, KEYS[0])
            await asking.is_answered()
    assert asking.slowest_s < LONG_S
    assert (other.refused, other.slowest_s < PATIENCE_S / 2) == (0, True)


async def test_a_slot_that_moves_as_a_whole_is_followed(cluster: Cluster, store: Valkey) -> None:
    """Valkey 9 hands it over in one moment."""
    key = "{moves as a whole}"
    async with Asking(store, key).going_on() as asking:
        new = await asyncio.to_thread(cluster.move, key)
    assert asking.refused == 0
    assert (cluster.master_of(key), stored(cluster, key)) == (new, asking.counted)


async def test_a_slot_that_moves_key_by_key_is_followed(cluster: Cluster, store: Valkey) -> None:
    """Older ones hand over one key after the other, and what is not there any more is ahead."""
    key = "{moves key by key}"
    async with Asking(store, key).going_on() as asking:
        move = cluster.begin_move(key)
        await asking.is_answered()
        move.take(key)
        await asking.is_answered()
        assert cluster.ask(move.old, "CLUSTER", "COUNTKEYSINSLOT", move.slot) == 0
        move.end()
    assert asking.refused == 0
    assert (cluster.master_of(key), stored(cluster, key)) == (move.new, asking.counted)


async def test_a_script_whose_keys_are_apart_waits_for_them_and_others_do_not_wait(
    cluster: Cluster, store: Valkey, tmp_path: Path
) -> None:
    (tmp_path / "lua").mkdir()
    (tmp_path / "lua" / "both.lua").write_text(
        "-- KEYS:\n--   one\n--   two\nreturn redis.call('MGET', ONE, TWO)"
    )

    @script(str(tmp_path / "noun.py"), ("one", "two"))
    def both_lua() -> list[str]:
        return []

    keys = ["{apart}:1", "{apart}:2"]
    neighbour = next(key for key in KEYS if cluster.master_of(key) == cluster.master_of(keys[0]))
    for key in keys:
        await count(store, key)
    move = cluster.begin_move(keys[0])
    move.take(keys[0])
    started = time.monotonic()
    async with Asking(store, neighbour).going_on() as other:
        for _ in range(20):
            with pytest.raises(StoreUnavailable):
                await store.run(both_lua(), keys)
    assert time.monotonic() - started < LONG_S, "each caller waits anew"
    assert (other.refused, other.slowest_s < PATIENCE_S / 2) == (0, True)
    move.take(keys[1])
    move.end()
    assert await store.run(both_lua(), keys) == ["1", "1"]


async def test_a_cluster_without_a_majority_is_away_and_comes_back(
    cluster: Cluster, store: Valkey
) -> None:
    asked = [Asking(store, key) for key in KEYS]
    async with asked[0].going_on(), asked[1].going_on(), asked[2].going_on():
        for key in KEYS[:2]:
            cluster.kill(cluster.master_of(key))
        async with asyncio.timeout(60):
            while not all(asking.refused for asking in asked):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.005)
        with pytest.raises(StoreUnavailable):
            await store.ping()
        cluster.revive()
    await store.ping()
    assert max(asking.slowest_s for asking in asked) < LONG_S


async def test_a_master_with_too_few_replicas_refuses_what_it_could_not_keep(
    cluster: Cluster, store: Valkey
) -> None:
    assert await count(store, KEYS[0]) == 1
    master = cluster.master_of(KEYS[0])
    cluster.ask(master, "CONFIG", "SET", "min-replicas-to-write", 2)
    try:
        with pytest.raises(StoreUnavailable):
            await count(store, KEYS[0])
    finally:
        cluster.ask(master, "CONFIG", "SET", "min-replicas-to-write", 0)
    assert await count(store, KEYS[0]) == 2
