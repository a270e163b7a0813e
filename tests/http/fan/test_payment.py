"""Payment: one debit together with one sale, or nothing at all."""

import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel

NOWHERE = "01990000-0000-7000-8000-000000000000"


async def test_a_payment_debits_sells_and_ends_the_pass(site: Site, inside: Visitor) -> None:
    await inside.top_up(120_000)
    order = (await inside.hold("1", "2")).json()
    answer = await inside.pay(order["id"])
    assert answer.status_code == 201
    paid = answer.json()
    assert paid == {
        "id": paid["id"],
        "order": order | {"status": "paid"},
        "amount": 100_000,
        "balance_after": 20_000,
        "paid_at": paid["paid_at"],
        "terms": None,
    }
    assert paid["paid_at"].endswith("Z")
    assert (await inside.get("/v1/wallet")).json()["balance"] == 20_000
    assert (await inside.get(f"/v1/orders/{order['id']}")).json()["status"] == "paid"
    for refused in (
        await inside.get(f"/v1/concerts/{HALL}/performances"),
        await inside.get(f"/v1/performances/{FIRST}/seats"),
        await inside.hold("3"),
        await inside.pay(order["id"]),
    ):
        assert problem_of(refused, 403, "entry-token-expired") == {}
    await assert_reconciled(site.runtime)


async def test_too_little_money_charges_nothing_and_keeps_the_hold(
    site: Site, inside: Visitor
) -> None:
    await inside.top_up(49_999)
    order_id = await inside.held("1")
    before = await site.contents()
    extra = problem_of(await inside.pay(order_id), 402, "insufficient-balance")
    assert extra == {"balance": 49_999, "required": 50_000, "currency": "KRW"}
    assert await site.contents() == before
    await inside.top_up(1)
    assert (await inside.pay(order_id)).json()["balance_after"] == 0


async def test_a_wallet_that_was_never_used_holds_nothing(inside: Visitor) -> None:
    extra = problem_of(await inside.pay(await inside.held("1")), 402, "insufficient-balance")
    assert extra == {"balance": 0, "required": 50_000, "currency": "KRW"}


async def test_a_paid_order_is_not_paid_again(site: Site, inside: Visitor) -> None:
    await inside.top_up()
    order_id = await inside.held("1")
    await inside.pay(order_id)
    (again,) = await site.enter("fan")
    before = await site.contents()
    assert problem_of(await again.pay(order_id), 409, "order-already-paid") == {}
    assert await site.contents() == before


async def test_a_released_order_cannot_be_paid(site: Site, inside: Visitor) -> None:
    await inside.top_up()
    order_id = await inside.held("1")
    await inside.ask("DELETE", f"/v1/orders/{order_id}")
    before = await site.contents()
    extra = problem_of(await inside.pay(order_id), 409, "order-not-held")
    assert extra == {"order_status": "released"}
    assert await site.contents() == before


@pytest.mark.parametrize("others_turn", [False, True])
async def test_an_order_whose_time_is_over_cannot_be_paid(site: Site, others_turn: bool) -> None:
    inside, other = await site.enter("fan", "other")
    await inside.top_up()
    order_id = await inside.held("1")
    travel(site.runtime, 300)
    if others_turn:
        await other.held("1")
    before = await site.contents()
    assert problem_of(await inside.pay(order_id), 410, "order-expired") == {}
    assert await site.contents() == before
    await assert_reconciled(site.runtime)


async def test_only_its_own_fan_can_pay_an_order(site: Site) -> None:
    first, second = await site.enter("first", "second")
    await second.top_up()
    order_id = await first.held("1")
    before = await site.contents()
    for theirs in (order_id, NOWHERE, "1", "nonsense", "0" * 400):
        assert problem_of(await second.pay(theirs), 404, "order-not-found") == {}
    assert await site.contents() == before


async def test_a_refused_payment_does_not_end_the_pass(inside: Visitor) -> None:
    problem_of(await inside.pay(await inside.held("1")), 402, "insufficient-balance")
    problem_of(await inside.pay(NOWHERE), 404, "order-not-found")
    assert (await inside.hold("2")).status_code == 201
