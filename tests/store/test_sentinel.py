"""The client over real sentinels: commands go to the primary, whatever happens to it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from helpers.sentinels import MACHINES, PASSWORD, Sentinels, three_machines
from yemae.doctor.findings import Finding
from yemae.doctor.valkey import check_valkey
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store import sentinel
from yemae.store.errors import StoreError
from yemae.store.failures import require_valkey
from yemae.store.health import OK, StoreHealth
from yemae.store.sentinel import Sentinels as SentinelRouter
from yemae.store.sentinel import newest_of
from yemae.store.slots import Address
from yemae.store.valkey import Valkey
from yemae.store.valkey_address import read_address
from yemae.store.valkey_facts import valkey_facts

PATIENCE_S = 2
KEY = "counter"


@pytest.fixture(scope="module")
def running() -> Iterator[Sentinels]:
    """Three machines for the tests of this file."""
    with three_machines() as machines:
        yield machines


@pytest.fixture
def sentinels(running: Sentinels) -> Sentinels:
    """Those machines, whole."""
    running.revive()
    running.wait_until_whole()
    running.ask(running.primary(), "FLUSHALL")
    return running


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Valkey]:
    store = Valkey(Settings().replace(valkey_url=url, valkey_timeout_s=PATIENCE_S))
    try:
        yield store
    finally:
        await store.close()


async def counted(store: Valkey) -> int:
    """One to the counter, as soon as that is possible; until then it is refused, and never anything
    else. One that was refused may have counted: a replica cuts connections when it is promoted."""
    async with asyncio.timeout(60):
        while True:
            asked = time.monotonic()
            try:
                return await store.count_up(KEY, 600)
            except StoreUnavailable:
                assert time.monotonic() - asked < 20, "a command waits past its limit"
                await asyncio.sleep(0.02)


@pytest.mark.parametrize("way", ["dies", "freezes", "is replaced by an operator"])
async def test_commands_follow_the_primary_when_it(sentinels: Sentinels, way: str) -> None:
    old = sentinels.primary()
    async with opened(sentinels.url) as store:
        assert await store.count_up(KEY, 600) == 1
        sentinels.wait_for_replicas(old)
        if way == "dies":
            sentinels.kill(old)
        elif way == "freezes":
            sentinels.freeze(old)
        else:
            await asyncio.to_thread(sentinels.promote_another)
        try:
            count = await counted(store)
            assert count > 1, "the first one is lost"
            # The client may know of it before most sentinels do.
            await asyncio.to_thread(sentinels.wait_for_primary_other_than, old)
            new = sentinels.primary()
            assert sentinels.ask(new, "GET", KEY) == str(count)
        finally:
            if way == "freezes":
                sentinels.thaw(old)
        # Whatever the old one says of itself now, it is not asked any more.
        count = await counted(store)
        assert sentinels.ask(new, "GET", KEY) == str(count)


async def test_an_old_primary_that_comes_back_takes_no_writes(sentinels: Sentinels) -> None:
    old = sentinels.primary()
    sentinels.freeze(old)
    try:
        await asyncio.to_thread(sentinels.wait_for_primary_other_than, old)
        new = sentinels.primary()
        await asyncio.to_thread(sentinels.wait_for_other_replica, new)
    finally:
        sentinels.thaw(old)
    async with opened(sentinels.url_of(old)) as store:
        # Of its own accord at once, before the sentinels reach it.
        with pytest.raises(StoreUnavailable):
            await store.count_up(KEY, 600)


async def test_a_client_that_was_idle_meanwhile_reads_nothing_old(
    sentinels: Sentinels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connections to the old primary are whole, and that answers reads."""
    # However fast the fail-over is.
    monkeypatch.setattr(sentinel, "IDLE_S", 0.0)
    old = sentinels.primary()
    idle = SentinelRouter(
        read_address(sentinels.url), {"decode_responses": True}, patience_s=PATIENCE_S, rest_s=1
    )
    try:
        assert await idle.ask(KEY, "GET", KEY) is None
        sentinels.freeze(old)
        try:
            await asyncio.to_thread(sentinels.wait_for_primary_other_than, old)
            async with opened(sentinels.url) as store:
                count = await counted(store)
        finally:
            sentinels.thaw(old)
        assert await idle.ask(KEY, "GET", KEY) == str(count)
    finally:
        await idle.close()


async def test_the_check_of_health_follows_the_primary(sentinels: Sentinels) -> None:
    settings = Settings().replace(
        valkey_url=sentinels.url, database_url="postgresql://127.0.0.1:1/"
    )
    health = StoreHealth(settings)
    try:
        assert await health.check_valkey() == OK
        sentinels.kill(sentinels.primary())
        async with asyncio.timeout(60):
            while await health.check_valkey() != OK:  # noqa: ASYNC110 - it is away meanwhile
                await asyncio.sleep(0.05)
    finally:
        await health.close()


async def test_a_sentinel_that_is_away_is_not_needed(sentinels: Sentinels) -> None:
    other = next(machine for machine in range(MACHINES) if machine != sentinels.primary())
    sentinels.kill(other)
    require_valkey(sentinels.url)
    async with opened(sentinels.url) as store:
        assert await counted(store) == 1


async def test_without_a_sentinel_every_command_is_refused() -> None:
    async with opened("valkey+sentinel://127.0.0.1:1/yemae") as store:
        with pytest.raises(StoreUnavailable):
            await store.ping()


def test_the_sentinel_with_the_newest_epoch_is_believed() -> None:
    """One that was cut off before the promotion, or has lost its memory, is not."""

    def said(host: str, epoch: int) -> tuple[list[Any], list[Any]]:
        return [host, "6379"], ["name", "yemae", "config-epoch", str(epoch)]

    answers = [said("old", 1), said("new", 2), said("old", 1), said("old", 0)]
    assert newest_of(answers) == Address("new", 6379)
    assert newest_of([]) is None


def findings(url: str) -> dict[str, Finding]:
    """What the doctor, and a start, find."""
    return {found.check: found for found in check_valkey(valkey_facts(url))}


def test_the_settings_that_are_shipped_are_fine(sentinels: Sentinels) -> None:
    require_valkey(sentinels.url)
    found = findings(sentinels.url)
    assert {one.state for one in found.values()} == {"ok"}
    assert found["valkey_replicas"].reason == "wanted"


def test_a_replica_that_evicts_keys_is_a_failure_because_it_may_be_promoted(
    sentinels: Sentinels,
) -> None:
    replica = next(machine for machine in range(MACHINES) if machine != sentinels.primary())
    sentinels.ask(replica, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    try:
        found = findings(sentinels.url)["valkey_eviction"]
    finally:
        sentinels.ask(replica, "CONFIG", "SET", "maxmemory-policy", "noeviction")
    assert (found.reason, found.values["place"]) == ("evicts", f"{sentinels.hosts[replica]}:6379")


def test_a_server_that_goes_on_alone_is_a_warning(sentinels: Sentinels) -> None:
    sentinels.ask(0, "CONFIG", "SET", "min-replicas-to-write", "0")
    try:
        found = findings(sentinels.url)["valkey_replicas"]
    finally:
        sentinels.ask(0, "CONFIG", "SET", "min-replicas-to-write", "1")
    assert (found.reason, found.state) == ("none", "warning")
    assert found.values["place"] == f"{sentinels.hosts[0]}:6379"


def test_a_name_that_no_sentinel_knows_is_said_without_a_password(sentinels: Sentinels) -> None:
    with pytest.raises(
        StoreError, match=r"No sentinel says which Valkey is the primary other: .*No such"
    ) as raised:
        require_valkey(sentinels.url.replace("/yemae", "/other"))
    assert PASSWORD not in str(raised.value)
