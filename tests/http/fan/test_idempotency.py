"""Retries with an Idempotency-Key: the same answer again, or what has become of it since."""

import asyncio

import pytest

from helpers.http import Site, Visitor, problem_of
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel


async def test_a_hold_asked_for_again_is_the_same_order(site: Site, inside: Visitor) -> None:
    first = await inside.hold("1", "2", key="k")
    before = await site.contents()
    again = await inside.hold("1", "2", key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    assert await site.contents() == before


async def test_two_holds_without_a_key_are_two(inside: Visitor) -> None:
    await inside.held("1")
    problem_of(await inside.hold("1"), 409, "seat-taken")


@pytest.mark.parametrize("open_", [True, False])
async def test_a_key_of_another_hold_is_a_conflict(
    site: Site, inside: Visitor, open_: bool
) -> None:
    await inside.hold("1", key="k")
    if not open_:
        await inside.ask("DELETE", "/v1/queue-tokens/me")
    before = await site.contents()
    for other in (inside.hold("2", key="k"), inside.hold("1", performance="hall-2", key="k")):
        assert problem_of(await other, 409, "idempotency-conflict") == {}
    assert await site.contents() == before


async def test_a_key_of_another_payment_is_a_conflict(site: Site, inside: Visitor) -> None:
    await inside.top_up()
    first, second = await inside.held("1"), await inside.held("2")
    await inside.pay(first, key="k")
    (inside,) = await site.enter("fan")
    before = await site.contents()
    assert problem_of(await inside.pay(second, key="k"), 409, "idempotency-conflict") == {}
    await inside.ask("DELETE", "/v1/queue-tokens/me")
    assert problem_of(await inside.pay(second, key="k"), 409, "idempotency-conflict") == {}
    assert await site.contents() == before


async def test_a_hold_is_answered_again_after_its_pass_has_ended(
    site: Site, inside: Visitor
) -> None:
    first = await inside.hold("1", key="k")
    await inside.ask("DELETE", "/v1/queue-tokens/me")
    before = await site.contents()
    again = await inside.hold("1", key="k")
    assert (again.status_code, again.json()) == (201, first.json())
    problem_of(await inside.hold("1", key="never-used"), 403, "entry-token-expired")
    problem_of(await inside.hold("1"), 403, "entry-token-expired")
    assert await site.contents() == before


async def lost(site: Site, fan: Visitor, order_id: str, fate: str) -> None:
    if fate == "released":
        await fan.ask("DELETE", f"/v1/orders/{order_id}")
    elif fate == "expired":
        travel(site.runtime, 300)
    else:
        await fan.top_up()
        assert (await fan.pay(order_id)).status_code == 201


@pytest.mark.parametrize("fate", ["released", "expired", "paid"])
async def test_a_hold_that_is_none_any_more_is_answered_with_what_became_of_it(
    site: Site, inside: Visitor, fate: str
) -> None:
    first = await inside.hold("1", "2", key="k")
    await lost(site, inside, first.json()["id"], fate)
    if fate != "paid":
        (other,) = await site.enter("other")
        await other.held("2")
    before = await site.contents()
    again = await inside.hold("1", "2", key="k")
    assert again.status_code == 200
    assert again.json() == {**first.json(), "status": fate}
    assert again.headers["location"] == first.headers["location"]
    assert await site.contents() == before


async def test_a_payment_is_answered_again_although_it_ended_the_pass(
    site: Site, inside: Visitor
) -> None:
    await inside.top_up()
    order_id = await inside.held("1")
    first = await inside.pay(order_id, key="k")
    before = await site.contents()
    for _ in range(2):
        again = await inside.pay(order_id, key="k")
        assert (again.status_code, again.json()) == (201, first.json())
    problem_of(await inside.pay(order_id, key="never-used"), 403, "entry-token-expired")
    problem_of(await inside.pay(order_id), 403, "entry-token-expired")
    assert await site.contents() == before
    await assert_reconciled(site.runtime)


async def test_a_refused_call_may_be_tried_again_with_its_key(inside: Visitor) -> None:
    order_id = await inside.held("1")
    problem_of(await inside.pay(order_id, key="k"), 402, "insufficient-balance")
    await inside.top_up()
    assert (await inside.pay(order_id, key="k")).status_code == 201


async def test_keys_are_each_fan_s_own(site: Site) -> None:
    first, second = await site.enter("first", "second")
    await first.hold("1", key="k")
    problem_of(await second.hold("1", key="k"), 409, "seat-taken")
    assert (await second.hold("2", key="k")).status_code == 201


async def test_impatient_retries_at_once_are_one_request(site: Site, inside: Visitor) -> None:
    topped_up = await asyncio.gather(*(inside.top_up(50_000, key="t") for _ in range(8)))
    assert len({answer.text for answer in topped_up}) == 1
    held = await asyncio.gather(*(inside.hold("1", key="h") for _ in range(8)))
    assert len({answer.text for answer in held}) == 1
    order_id = held[0].json()["id"]
    paid = await asyncio.gather(*(inside.pay(order_id, key="p") for _ in range(8)))
    assert len({answer.text for answer in paid}) == 1
    assert {answer.status_code for answer in (*topped_up, *held, *paid)} == {201}
    assert (await inside.get("/v1/wallet")).json()["balance"] == 0
    await assert_reconciled(site.runtime)


@pytest.mark.parametrize("key", ["a b", "k" * 256, "\t", "clé"])
async def test_a_key_is_visible_ascii(site: Site, inside: Visitor, key: str) -> None:
    order_id = await inside.held("1")
    before = await site.contents()
    headers = {"Idempotency-Key": key.encode("latin-1")}
    body = {"performance_id": "hall-1", "seats": ["2"]}
    for answer in (
        await inside.post("/v1/orders", body, headers=headers),
        await inside.post(f"/v1/orders/{order_id}/payment", headers=headers),
    ):
        (error,) = problem_of(answer, 422, "invalid-request")["errors"]
        assert error["field"] == "Idempotency-Key"
    assert await site.contents() == before
