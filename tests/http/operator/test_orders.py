"""Orders over HTTP for operators: find, look, cancel, refund; and what other users may not."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from helpers.cancelling import FEE, cancellable, to_the_fee
from helpers.concerts import FIRST, SEAT_PRICE
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.operators import log, log_of, operator
from helpers.reconcile import assert_reconciled
from yemae.settings import Settings

ORDERS = "/v1/admin/orders"
UNKNOWN = f"{ORDERS}/{UUID(int=1)}"
CANCEL = {"fee": "none", "reason": "The seat is broken"}
REFUND = {"amount": 10_000, "reason": "Bad view"}
CALLS: list[tuple[str, str, object]] = [
    ("GET", ORDERS, None),
    ("GET", UNKNOWN, None),
    ("GET", f"{UNKNOWN}/cancellation", None),
    ("POST", f"{UNKNOWN}/cancellation", CANCEL),
    ("POST", f"{UNKNOWN}/refunds", REFUND),
    ("POST", f"{UNKNOWN}/move", {"seats": ["1"]}),
    ("POST", f"{UNKNOWN}/fan", {"reason": "x"}),
    ("GET", "/v1/admin/refunds", None),
    ("POST", f"/v1/admin/refunds/{UUID(int=1)}/retry", {"to": "wallet"}),
]


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """The hall whose orders can be cancelled."""
    async with open_site(settings, cancellable()) as opened:
        yield opened


async def bought(fan: Visitor, *seats: str) -> str:
    """A paid order."""
    await fan.top_up()
    order_id = await fan.held(*seats)
    assert (await fan.pay(order_id)).status_code == 201
    return order_id


async def found(op: Visitor, query: str) -> list[str]:
    """The ids of the orders that are found."""
    answer = await op.get(f"{ORDERS}?{query}")
    assert answer.status_code == 200, answer.text
    return [order["id"] for order in answer.json()["orders"]]


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=str)
async def test_every_call_needs_the_role_operator(
    site: Site, visitor: Visitor, method: str, path: str, body: object
) -> None:
    given: dict[str, Any] = {} if body is None else {"json": body}
    problem_of(await site.ask(method, path, **given), 401, "unauthenticated")
    problem_of(await visitor.ask(method, path, **given), 403, "operator-required")
    if path.startswith(UNKNOWN):
        problem_of(await operator(site).ask(method, path, **given), 404, "order-not-found")


async def test_orders_are_found_by_fan_date_seat_and_status(site: Site, inside: Visitor) -> None:
    op = operator(site)
    first = await bought(inside, "1", "2")
    (other,) = await site.enter("other")
    second = await other.held("3")
    assert await found(op, "") == [second, first]
    assert await found(op, f"fan={inside.user_id}") == [first]
    assert await found(op, "fan=other@example.com") == []
    assert await found(op, f"performance_id={FIRST}&seat=2") == [first]
    assert await found(op, "performance_id=hall-2") == []
    assert await found(op, "status=held") == [second]
    page = (await op.get(f"{ORDERS}?limit=1")).json()
    assert page["next_cursor"] == second
    assert await found(op, f"limit=1&cursor={second}") == [first]
    problem_of(await op.get(f"{ORDERS}?status=lost"), 422, "invalid-request")
    problem_of(await op.get(f"{ORDERS}?fan=%00"), 422, "invalid-request")
    number = (await op.get(f"{ORDERS}/{first}")).json()["booking_number"]
    assert await found(op, f"booking_number={number.lower().replace('-', '')}") == [first]
    problem_of(await op.get(f"{ORDERS}?booking_number=0000000000"), 422, "invalid-request")
    cancelled = await op.post(f"{ORDERS}/{first}/cancellation", {**CANCEL, "seats": ["2"]})
    assert cancelled.status_code == 201
    # A seat that the order had is found as well.
    assert await found(op, "seat=2") == [first]


async def signed_up(site: Site, name: str, email: str) -> Visitor:
    """A fan with an account, who is inside."""
    answer = await site.ask(
        "POST",
        "/v1/users",
        json={"name": name, "email": email, "password": "correct horse battery"},
    )
    fan = site.visitor(answer.json()["user"]["id"])
    await fan.join()
    await site.admit()
    await fan.poll()
    return fan


async def test_a_fan_who_signed_up_is_found_by_e_mail_and_by_a_part_of_the_name(
    site: Site, inside: Visitor
) -> None:
    fan = await signed_up(site, "김 Anna", "Ann@Example.com")
    order_id = await fan.held("1")
    await inside.held("2")
    op = operator(site)
    for query in ("fan=ann@EXAMPLE.com", "name=anna", "name=%EA%B9%80", "name=anna&seat=1"):
        assert await found(op, query) == [order_id], query
    for query in ("name=an%25", "name=_", "name=bob", "name=anna&seat=2"):
        assert await found(op, query) == [], query
    shown = (await op.get(f"{ORDERS}/{order_id}")).json()
    assert (shown["status"], shown["paid"]) == ("held", None)


async def test_an_order_is_found_by_its_queue_number(site: Site, inside: Visitor) -> None:
    order_id = await inside.held("1")
    op = operator(site)
    number = (await op.get(f"{ORDERS}/{order_id}")).json()["queue_number"]
    assert await found(op, f"queue_number={number}") == [order_id]
    assert await found(op, f"queue_number={number + 1}") == []
    for wrong in ("x", "-1", "9" * 30, ""):
        answer = await op.get(f"{ORDERS}?queue_number={wrong}")
        problem_of(answer, 422, "invalid-request")


async def test_personal_data_is_masked_and_a_look_at_it_is_in_the_log(site: Site) -> None:
    fan = await signed_up(site, "김철수", "ann@example.com")
    order_id = await fan.held("1")
    op = operator(site)
    masked = ("김*수", "a**@example.com")
    (line,) = (await op.get(f"{ORDERS}?seat=1")).json()["orders"]
    shown = (await op.get(f"{ORDERS}/{order_id}")).json()
    for each in (line, shown):
        assert (each["name"], each["email"]) == masked
    assert await log_of(op) == []
    problem_of(await op.post(f"{ORDERS}/{order_id}/fan", {}), 422, "invalid-request")
    problem_of(await op.post(f"{ORDERS}/{order_id}/fan", {"reason": " "}), 422, "invalid-request")
    answer = await op.post(f"{ORDERS}/{order_id}/fan", {"reason": "Asks by phone"})
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert answer.json() == {
        "user_id": fan.user_id,
        "name": "김철수",
        "email": "ann@example.com",
    }
    (said,) = await log(op)
    assert (said["who"], said["action"], said["details"]) == (
        "op",
        "reveal",
        {"order": order_id, "reason": "Asks by phone"},
    )
    shown = (await op.get(f"{ORDERS}/{order_id}")).json()
    assert (shown["name"], shown["email"]) == masked
    assert shown["timeline"][-1]["what"] == "revealed"


async def test_a_fan_without_an_account_has_nothing_to_reveal(site: Site, inside: Visitor) -> None:
    order_id = await inside.held("1")
    answer = await operator(site).post(f"{ORDERS}/{order_id}/fan", {"reason": "x"})
    assert answer.json() == {"user_id": inside.user_id, "name": None, "email": None}


async def test_an_order_is_moved_and_its_history_tells_all_of_it(
    site: Site, inside: Visitor
) -> None:
    order_id = await bought(inside, "1", "2")
    op, path = operator(site), f"{ORDERS}/{order_id}"
    moved = await op.post(f"{path}/move", {"seats": ["2", "7"]})
    assert (moved.status_code, [seat["number"] for seat in moved.json()["seats"]]) == (
        201,
        ["2", "7"],
    )
    problem_of(await op.post(f"{path}/move", {"seats": ["2", "77"]}), 404, "seat-not-found")
    problem_of(await op.post(f"{path}/move", {"seats": ["2"]}), 422, "invalid-request")
    answer = await op.post(f"{path}/move", {"seats": ["2", "7"], "from_block": "house"})
    problem_of(answer, 404, "block-not-found")
    (other,) = await site.enter("other")
    await other.held("3")
    problem_of(await op.post(f"{path}/move", {"seats": ["2", "3"]}), 409, "seats-in-the-way")
    await op.post(f"{path}/refunds", REFUND)
    await op.post(f"{path}/cancellation", {**CANCEL, "seats": ["7"]})
    events = (await op.get(path)).json()["timeline"]
    assert [(each["what"], each["by"], each["seats"], each["amount"]) for each in events] == [
        ("held", inside.user_id, [], None),
        ("paid", inside.user_id, [], 2 * SEAT_PRICE),
        ("moved", "op", ["2", "7"], None),
        ("refund", "op", [], 10_000),
        ("cancelled", "op", ["7"], None),
        ("refund", "op", [], SEAT_PRICE),
    ]
    assert [each["at"] for each in events] == sorted(each["at"] for each in events)
    assert [each["reason"] for each in events[3:5]] == [REFUND["reason"], CANCEL["reason"]]
    await assert_reconciled(site.runtime)


async def test_an_order_is_cancelled_without_and_with_its_fee(site: Site, inside: Visitor) -> None:
    order_id = await bought(inside, "1", "2", "3")
    to_the_fee(site.runtime)
    op, path = operator(site), f"{ORDERS}/{order_id}/cancellation"
    quoted = (await op.get(f"{path}?seats=1")).json()
    assert (quoted["fee"], quoted["refund"]) == (FEE, SEAT_PRICE - FEE)
    free = (await op.get(f"{path}?seats=1&fee=none")).json()
    assert (free["fee"], free["refund"]) == (0, SEAT_PRICE)
    problem_of(await op.get(f"{path}?fee=half"), 422, "invalid-request")
    shown = (await op.post(path, {**CANCEL, "seats": ["1"]})).json()
    assert (shown["status"], shown["total"], shown["refunded"]) == (
        "paid",
        2 * SEAT_PRICE,
        SEAT_PRICE,
    )
    assert [seat["number"] for seat in shown["seats"]] == ["2", "3"]
    shown = (await op.post(path, {"fee": "policy", "reason": "Asked to"})).json()
    assert (shown["status"], shown["paid"]) == ("cancelled", 3 * SEAT_PRICE)
    assert [
        (each["seats"], each["fee"], each["cancelled_by"], each["reason"])
        for each in shown["cancellations"]
    ] == [(["1"], 0, "op", CANCEL["reason"]), (["2", "3"], 2 * FEE, "op", "Asked to")]
    assert [(each["amount"], each["state"]) for each in shown["refunds"]] == [
        (SEAT_PRICE, "settled"),
        (2 * (SEAT_PRICE - FEE), "settled"),
    ]
    assert (await op.get(f"{ORDERS}/{order_id}")).json() == shown
    assert await log_of(op) == [("op", "cancel"), ("op", "cancel")]
    answer = await op.post(path, CANCEL)
    assert problem_of(answer, 409, "order-not-paid") == {"order_status": "cancelled"}
    await assert_reconciled(site.runtime)


async def test_a_reason_is_needed(site: Site, inside: Visitor) -> None:
    order_id = await bought(inside, "1")
    op = operator(site)
    for path, body in (
        ("cancellation", {"fee": "none"}),
        ("cancellation", {"reason": "x"}),
        ("cancellation", {**CANCEL, "reason": " "}),
        ("refunds", {"amount": 1}),
        ("refunds", {**REFUND, "amount": 0}),
    ):
        answer = await op.post(f"{ORDERS}/{order_id}/{path}", body)
        problem_of(answer, 422, "invalid-request")


async def test_money_is_given_back_once_for_each_key(site: Site, inside: Visitor) -> None:
    order_id = await bought(inside, "1")
    op, path = operator(site), f"{ORDERS}/{order_id}/refunds"
    key = {"Idempotency-Key": "one"}
    for _ in range(2):
        shown = (await op.post(path, REFUND, headers=key)).json()
        assert (shown["status"], shown["refunded"]) == ("paid", 10_000)
    answer = await op.post(path, {**REFUND, "amount": SEAT_PRICE})
    assert problem_of(answer, 409, "refund-exceeds-payment") == {
        "left": SEAT_PRICE - 10_000,
        "currency": "KRW",
    }
    problem_of(
        await op.post(path, {**REFUND, "amount": 9}, headers=key), 409, "idempotency-conflict"
    )
    (refund,) = shown["refunds"]
    assert (refund["cancellation_id"], refund["to"], refund["reason"]) == (
        None,
        "wallet",
        REFUND["reason"],
    )
    assert await log_of(op) == [("op", "refund")]
    await assert_reconciled(site.runtime)
