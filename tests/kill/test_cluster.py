"""The waiting room on a cluster: concerts spread over its masters, and when one of them is killed
while fans join and poll, no fan with a queue token loses the place."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import httpx
import pytest

from helpers.cluster import MASTERS, Cluster
from helpers.concerts import HALL, concert
from helpers.http import Site, open_site, problem_of, until
from helpers.reconcile import assert_reconciled
from kill.line import Fan, Number, assert_in_order, in_the_rush
from yemae.settings import Settings
from yemae.waiting_room.keys import keys_of

# One for each master that the cluster begins with.
CONCERTS = (HALL, "south", "east")
FANS = 40


@pytest.fixture
async def site(settings: Settings, cluster: Cluster) -> AsyncIterator[Site]:
    """The application on the cluster, with a concert for each of its masters."""
    on_cluster = settings.replace(valkey_url=cluster.url)
    concerts = [concert(concert_id=each, active_limit=1) for each in CONCERTS]
    async with open_site(on_cluster, *concerts, valkey_timeout_s=1) as opened:
        yield opened


async def fill(site: Site) -> None:
    """Every concert has an active fan, so that no other is admitted."""
    for each in CONCERTS:
        await site.enter(f"inside-{each}", concert_id=each)


def number_in(site: Site) -> Number:
    """Reads the queue tokens of this application."""
    return lambda token: site.runtime.tokens.read_place(token, lambda *_: 0).number


def crowd(site: Site) -> list[Fan]:
    """Fans of every concert, who come in turn."""
    return [Fan(site.visitor(f"{each}-{n}"), each) for n in range(FANS) for each in CONCERTS]


async def test_concerts_spread_over_the_masters_and_sell_on_each(
    site: Site, cluster: Cluster
) -> None:
    masters = {cluster.master_of(keys_of(each)[0]) for each in CONCERTS}
    assert len(masters) == MASTERS
    await until(lambda: is_fine(site.get("/healthz")))
    for each in CONCERTS:
        leaving, fan = site.visitor("leaving"), site.visitor(f"fan-{each}")
        await leaving.join(each)
        await fan.join(each)
        assert (await leaving.ask("DELETE", "/v1/queue-tokens/me")).status_code == 204
        await site.admit(each)
        assert await fan.poll() == "admitted"
        await fan.top_up()
        order_id = await fan.held("1", performance=f"{each}-1")
        assert (await fan.pay(order_id)).status_code == 201
        problem_of(await fan.hold("2", performance=f"{each}-1"), 403, "entry-token-expired")
    await assert_reconciled(site.runtime)


async def test_a_master_is_killed_in_the_rush_and_no_fan_loses_a_place(
    site: Site, cluster: Cluster
) -> None:
    await fill(site)
    fans = crowd(site)

    async def kill() -> None:
        key = keys_of(HALL)[0]
        dead = cluster.master_of(key)
        cluster.kill(dead)
        await asyncio.to_thread(cluster.wait_for_master_other_than, dead, key)

    await in_the_rush(fans, kill)
    await assert_in_order(fans, number_in(site))
    await until(lambda: is_fine(site.get("/healthz")))


async def test_places_that_the_replica_never_heard_of_come_back_from_their_tokens(
    site: Site, cluster: Cluster
) -> None:
    """A master answers before its replica knows, and may die in between."""
    key = keys_of(HALL)[0]
    master = cluster.master_of(key)
    await fill(site)
    early, late = ([site.visitor(f"{when}-{n}") for n in range(10)] for when in ("early", "late"))
    for fan in early:
        await fan.join()
    cluster.wait_for_replica(master)
    with cluster.frozen(cluster.replica_of(master)):
        cluster.ask(master, "CLIENT", "KILL", "TYPE", "replica")
        for fan in late:
            await fan.join()
        cluster.kill(master)
    await asyncio.to_thread(cluster.wait_for_master_other_than, master, key)
    assert cluster.ask(cluster.master_of(key), "ZCARD", key) == len(early)
    newcomer = site.visitor("newcomer")
    await until(lambda: is_fine(newcomer.post(f"/v1/concerts/{HALL}/queue-tokens")))
    await newcomer.join()
    for fan in reversed(late):
        await fan.poll()
    for position, fan in enumerate([*early, *late, newcomer], start=1):
        assert (await fan.get("/v1/queue-tokens/me")).json()["position"] == position


async def is_fine(asking: Awaitable[httpx.Response]) -> bool:
    """Whether the answer is no refusal."""
    return (await asking).is_success


async def test_a_cluster_that_is_down_refuses_and_comes_back_with_every_place(
    site: Site, cluster: Cluster
) -> None:
    await fill(site)
    waiting = [site.visitor(f"waiting-{each}") for each in CONCERTS]
    for each, fan in zip(CONCERTS, waiting, strict=True):
        await fan.join(each)
    for each in CONCERTS[:2]:
        cluster.kill(cluster.master_of(keys_of(each)[0]))

    async def is_down() -> bool:
        answers = await asyncio.gather(*(fan.get("/v1/queue-tokens/me") for fan in waiting))
        return all(answer.status_code == 503 for answer in answers)

    await until(is_down)

    async def is_known() -> bool:
        return bool((await site.get("/healthz")).json()["valkey"] == "away")

    await until(is_known)
    for fan in waiting:
        answer = await fan.get("/v1/queue-tokens/me")
        assert problem_of(answer, 503, "store-unavailable") == {}
        assert answer.headers["retry-after"]
    cluster.revive()
    for fan in waiting:
        await until(lambda fan=fan: is_fine(fan.get("/v1/queue-tokens/me")))
        assert (await fan.get("/v1/queue-tokens/me")).json()["position"] == 1
    await until(lambda: is_fine(site.get("/healthz")))
