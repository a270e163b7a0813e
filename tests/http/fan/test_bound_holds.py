"""However often a fan holds and releases, a pass lasts no longer than admission, `entry_ttl_s`, and
the time of one hold."""

from datetime import datetime, timedelta

import pytest

from helpers.http import Site, Visitor, problem_of
from helpers.time_travel import travel

# Of helpers.concerts.HALL and the settings.
ENTRY_TTL_S, HOLD_TTL_S = 600, 300


async def pass_end(fan: Visitor) -> datetime:
    place = (await fan.get("/v1/queue-tokens/me")).json()
    return datetime.fromisoformat(place["entry_expires_at"])


async def test_holding_and_releasing_renews_no_pass(site: Site, inside: Visitor) -> None:
    own_end = await pass_end(inside)
    for _ in range(6):
        travel(site.runtime, 99)
        order = (await inside.hold("1")).json()
        assert datetime.fromisoformat(order["expires_at"]) <= own_end + timedelta(
            seconds=HOLD_TTL_S
        )
        await inside.ask("DELETE", f"/v1/orders/{order['id']}")
        assert await pass_end(inside) == own_end
    travel(site.runtime, 10)
    problem_of(await inside.hold("1"), 403, "entry-token-expired")


async def test_a_hold_in_the_time_that_another_added_ends_with_the_pass(
    site: Site, inside: Visitor
) -> None:
    own_end = await pass_end(inside)
    travel(site.runtime, ENTRY_TTL_S - 10)
    await inside.held("1")
    assert await pass_end(inside) > own_end
    travel(site.runtime, 200)
    order = (await inside.hold("2")).json()
    last = own_end + timedelta(seconds=HOLD_TTL_S)
    assert abs(datetime.fromisoformat(order["expires_at"]) - last) < timedelta(seconds=1)
    assert abs(await pass_end(inside) - last) < timedelta(seconds=2)
    travel(site.runtime, 111)
    problem_of(await inside.pay(order["id"]), 403, "entry-token-expired")


@pytest.mark.parametrize("keeps_another", [True, False])
async def test_releasing_gives_the_extension_back(
    site: Site, inside: Visitor, keeps_another: bool
) -> None:
    travel(site.runtime, ENTRY_TTL_S - 100)
    if keeps_another:
        await inside.held("2")
    travel(site.runtime, 50)
    order_id = await inside.held("1")
    travel(site.runtime, 100)
    await inside.ask("DELETE", f"/v1/orders/{order_id}")
    if keeps_another:
        await inside.held("3")
    else:
        problem_of(await inside.hold("3"), 403, "entry-token-expired")
