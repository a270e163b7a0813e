"""The waiting room's laws: they hold over a sale, and what breaks them is found."""

from typing import cast

import pytest
from valkey import Valkey as Client

from helpers.concerts import HALL, concert, load_concert
from reconcile.conftest import Sale
from yemae.back_office import queue_control
from yemae.concerts.controls import operator
from yemae.reconcile.report import Check
from yemae.reconcile.stores import reconcile_stores
from yemae.settings import Settings
from yemae.waiting_room.keys import PARTS, keys_of


def key(part: str) -> str:
    return dict(zip(PARTS, keys_of(HALL), strict=True))[part]


async def checks(sale: Sale) -> dict[str, Check]:
    found = await reconcile_stores(sale.runtime.postgres, sale.runtime.valkey)
    return {check.name: check for check in found.checks}


def let_in_now(client: Client, count: int) -> None:
    """Write statistics of this number of admissions in one minute, and no others."""
    fields = cast("dict[bytes, bytes]", client.hgetall(key("rates")))
    minute = max(field for field in fields if field.startswith(b"a"))
    client.delete(key("rates"))
    client.hset(key("rates"), minute.decode(), str(count))


@pytest.fixture
def client(sale: Sale, valkey_url: str) -> Client:
    """Valkey, to do by hand what our code never does."""
    assert sale.runtime
    return Client.from_url(valkey_url)


async def test_more_fans_inside_than_the_limit_are_found(sale: Sale, client: Client) -> None:
    with client:
        client.zadd(key("active"), {f"stranger-{n}": 9e15 for n in range(98)})
        assert (await checks(sale))["active_within_limit"].violations == 0
        client.zadd(key("active"), {"one-more": 9e15})
    check = (await checks(sale))["active_within_limit"]
    assert check.violations == 1
    assert check.examples == ("hall: 101 inside, the limit is 100",)


async def test_a_minute_that_let_in_more_than_the_rate_is_found(sale: Sale, client: Client) -> None:
    with client:
        let_in_now(client, 61_000)
        assert (await checks(sale))["admitted_within_rate"].violations == 0
        let_in_now(client, 61_001)
    check = (await checks(sale))["admitted_within_rate"]
    assert (check.looked_at, check.violations) == (61_001, 1)


async def test_a_number_of_two_fans_is_found(sale: Sale, client: Client) -> None:
    with client:
        number = cast("bytes", client.hget(key("passes"), "third"))
        client.hset(key("passes"), "twin", number.decode())
    check = (await checks(sale))["one_number_for_each_place"]
    assert check.violations == 1
    assert "third and twin" in check.examples[0] or "twin and third" in check.examples[0]


async def test_two_equal_drawn_numbers_are_no_violation(sale: Sale, client: Client) -> None:
    with client:
        client.hset(key("ended"), mapping={"one": 5, "other-one": 5})
    assert (await checks(sale))["one_number_for_each_place"].violations == 0


async def test_fans_who_came_in_under_a_higher_limit_are_no_violation(
    sale: Sale, client: Client
) -> None:
    with client:
        client.zadd(key("active"), {f"stranger-{n}": 9e15 for n in range(98)})
        let_in_now(client, 61_000)
    changes = {"active_limit": 10, "admit_per_minute": 60}
    await queue_control.change(sale.runtime, HALL, "cli:test", changes)
    assert (await checks(sale))["active_within_limit"].violations == 0
    assert (await checks(sale))["admitted_within_rate"].violations == 0


async def test_fans_who_came_in_before_a_file_with_lower_limits_are_no_violation(
    sale: Sale, client: Client, settings: Settings
) -> None:
    with client:
        client.zadd(key("active"), {f"stranger-{n}": 9e15 for n in range(98)})
        let_in_now(client, 61_000)
        lower = concert(active_limit=10, admit_per_minute=60)
        await load_concert(settings, lower)
        await load_concert(settings, lower)
        found = await checks(sale)
        assert found["active_within_limit"].violations == 0
        assert found["admitted_within_rate"].violations == 0
        client.zadd(key("active"), {"one-more": 9e15})
    assert (await checks(sale))["active_within_limit"].violations == 1
    line, block = await queue_control.actions(sale.runtime, HALL, before=None, limit=9)
    assert block.action == "block"
    assert (line.action, line.who) == ("load", operator())
    assert line.details == {
        "active_limit": {"from": 100, "to": 10},
        "admit_per_minute": {"from": 60_000, "to": 60},
        "changes": ["~ active_limit: 100 → 10", "~ admit_per_minute: 60,000 → 60"],
    }


async def test_whom_an_operator_let_in_comes_on_top_of_the_rate(sale: Sale, client: Client) -> None:
    await queue_control.admit(sale.runtime, HALL, "cli:test", 500)
    with client:
        let_in_now(client, 61_500)
        assert (await checks(sale))["admitted_within_rate"].violations == 0
        let_in_now(client, 61_501)
    assert (await checks(sale))["admitted_within_rate"].violations == 1


async def test_a_passthrough_queue_has_no_limit(sale: Sale, client: Client) -> None:
    with client:
        client.zadd(key("active"), {f"stranger-{n}": 9e15 for n in range(500)})
        let_in_now(client, 100_000)
    changes = {"queueing_method": "passthrough"}
    await queue_control.change(sale.runtime, HALL, "cli:test", changes)
    found = await checks(sale)
    assert found["active_within_limit"].violations == 0
    assert found["admitted_within_rate"].violations == 0
