"""The waiting room on a primary that sentinels watch: when it dies or freezes while fans join and
poll, no fan loses the place, and none is admitted twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from helpers.concerts import HALL, concert
from helpers.http import Site, Visitor, open_site, problem_of, until
from helpers.reconcile import assert_reconciled
from helpers.sentinels import Sentinels, three_machines
from kill.line import Fan, assert_in_order, in_the_rush
from yemae.settings import Settings

FANS = 30


@pytest.fixture
def sentinels() -> Iterator[Sentinels]:
    """Three machines of this test alone."""
    with three_machines() as machines:
        yield machines


@pytest.fixture
async def site(settings: Settings, sentinels: Sentinels) -> AsyncIterator[Site]:
    """The application on them, with a concert that admits one fan."""
    watched = settings.replace(valkey_url=sentinels.url)
    async with open_site(watched, concert(active_limit=1), valkey_timeout_s=1) as opened:
        yield opened


@pytest.mark.parametrize("way", ["dies", "freezes"])
async def test_no_fan_loses_the_place_when_the_primary(
    site: Site, sentinels: Sentinels, way: str
) -> None:
    (inside,) = await site.enter("inside")
    waiting = [site.visitor(f"fan-{n}") for n in range(FANS)]
    fans = [Fan(visitor, HALL) for visitor in waiting]
    old = sentinels.primary()

    async def fail() -> None:
        (sentinels.kill if way == "dies" else sentinels.freeze)(old)
        await asyncio.to_thread(sentinels.wait_for_primary_other_than, old)

    await in_the_rush(fans, fail)
    if way == "freezes":
        sentinels.thaw(old)

    def number(token: str) -> int:
        return site.runtime.tokens.read_place(token, lambda *_: 0).number

    await assert_in_order(fans, number)
    waiting.sort(key=lambda visitor: number(visitor.tokens["Queue-Token"]))
    await assert_admitted_once(site, inside, waiting)


async def assert_admitted_once(site: Site, inside: Visitor, waiting: list[Visitor]) -> None:
    """The fan who was inside before buys and is out; the next in line comes in, and no other."""
    await site.admit()
    await inside.top_up()
    assert (await inside.pay(await inside.held("1"))).status_code == 201
    problem_of(await inside.get("/v1/queue-tokens/me"), 410, "queue-token-expired")

    async def numbers() -> tuple[int, int]:
        await site.admit()
        queue = (await site.get(f"/v1/concerts/{HALL}/queue")).json()
        return queue["active"], queue["waiting"]

    async def one_is_in() -> bool:
        return await numbers() == (1, FANS - 1)

    await until(one_is_in)
    assert [(await fan.poll()) for fan in waiting[:2]] == ["admitted", "waiting"]
    await assert_reconciled(site.runtime)
