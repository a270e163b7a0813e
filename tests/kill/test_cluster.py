"""The waiting room on a cluster: concerts spread over its masters, and when one of them is killed
while fans join and poll, no fan with a queue token loses the place."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable
from typing import Any, NamedTuple

import httpx
import pytest

from helpers.cluster import MASTERS, Cluster
from helpers.concerts import HALL, concert
from helpers.http import Site, Visitor, open_site, problem_of, until
from helpers.reconcile import assert_reconciled
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


class Place(NamedTuple):
    """The answers that a fan got."""

    concert_id: str
    number: int
    position: int


class Fan:
    """Joins once and polls until the end; every answer is a place, a 429 or a 503."""

    def __init__(self, site: Site, concert_id: str, user_id: str) -> None:
        self.concert_id = concert_id
        self.visitor: Visitor = site.visitor(user_id)
        self.token: str | None = None
        self.polls = 0
        self.refused = 0
        self.site = site

    async def wait(self, ending: asyncio.Event) -> None:
        """Until the end, and then for one more answer."""
        join = f"/v1/concerts/{self.concert_id}/queue-tokens"
        self.token = (await self._answer("POST", join)).json()["queue_token"]
        self.visitor.tokens["Queue-Token"] = self.token
        while not ending.is_set():
            await self._poll()
            await asyncio.sleep(0.02)
        await self._poll()

    async def place(self) -> Place:
        """Where this fan stands, now that nothing happens any more."""
        again = await self._answer("POST", f"/v1/concerts/{self.concert_id}/queue-tokens")
        assert (again.status_code, again.json()["queue_token"]) == (200, self.token)
        number = self.site.runtime.tokens.read_place(self.token, lambda *_: 0).number
        return Place(self.concert_id, number, (await self._poll())["position"])

    async def _poll(self) -> dict[str, Any]:
        place: dict[str, Any] = (await self._answer("GET", "/v1/queue-tokens/me")).json()
        assert place["state"] == "waiting"
        self.polls += 1
        return place

    async def _answer(self, method: str, path: str) -> httpx.Response:
        while True:
            answer = await self.visitor.ask(method, path)
            if answer.status_code != 503:
                assert answer.is_success, answer.text
                return answer
            assert answer.headers["retry-after"]
            self.refused += 1
            await asyncio.sleep(0.05)


def crowd(site: Site) -> list[Fan]:
    """Fans of every concert, who come in turn."""
    return [Fan(site, each, f"{each}-{n}") for n in range(FANS) for each in CONCERTS]


async def come(fans: list[Fan], ending: asyncio.Event) -> None:
    """All of them, a few at a time."""
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        for fan in fans:
            group.create_task(fan.wait(ending))
            await asyncio.sleep(0.01)


def assert_in_order(places: list[Place]) -> None:
    """Every fan has one place, in the order of the numbers."""
    by_concert = defaultdict(list)
    for place in sorted(places, key=lambda each: each.number):
        by_concert[place.concert_id].append(place.position)
    assert dict(by_concert) == {each: list(range(1, FANS + 1)) for each in CONCERTS}


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
    fans, ending = crowd(site), asyncio.Event()
    coming = asyncio.create_task(come(fans, ending))

    async def half_have_come() -> bool:
        return sum(fan.token is not None for fan in fans) > len(fans) // 2

    async def all_have_come() -> bool:
        return all(fan.polls for fan in fans)

    await until(half_have_come)
    dead = cluster.master_of(keys_of(HALL)[0])
    cluster.kill(dead)
    await asyncio.to_thread(cluster.wait_for_master_other_than, dead, keys_of(HALL)[0])
    await until(all_have_come)
    ending.set()
    await coming
    assert_in_order([await fan.place() for fan in fans])
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
