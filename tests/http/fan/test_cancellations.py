"""Cancelling over HTTP: the policy, the quote, the cancellation, and what the order shows then."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from helpers.cancelling import FEE, cancellable, to_the_day_before, to_the_fee
from helpers.concerts import FIRST, HALL, SEAT_PRICE, SEATS
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.reconcile import assert_reconciled
from yemae.http.fan.cancellation_shapes import EXAMPLE_POLICY
from yemae.settings import Settings

BOOKING_FEE = "\n[booking_fee]\namount = 1000\n"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """The hall whose orders can be cancelled, with a booking fee."""
    async with open_site(settings, cancellable(BOOKING_FEE)) as opened:
        yield opened


async def bought(fan: Visitor, *seats: str) -> str:
    """A paid order."""
    await fan.top_up()
    order_id = await fan.held(*seats)
    assert (await fan.pay(order_id)).status_code == 201
    return order_id


def path(order_id: str) -> str:
    return f"/v1/orders/{order_id}/cancellation"


def later(site: Site, fan: Visitor) -> Visitor:
    """The fan, signed in anew, when cancelling costs a fee for each ticket."""
    to_the_fee(site.runtime)
    return site.visitor(fan.user_id)


async def cancelled(
    fan: Visitor, order_id: str, body: object = None, **more: Any
) -> httpx.Response:
    """Cancel, and see that it was done."""
    answer = await fan.post(path(order_id), body, **more)
    assert answer.status_code == 201, answer.text
    return answer


async def test_the_policy_is_shown_before_paying_and_never_changes(
    site: Site, inside: Visitor
) -> None:
    shown = (await site.get(f"/v1/concerts/{HALL}")).json()["cancellation"]
    held = (await inside.hold("1")).json()
    assert held["cancellation"] == shown
    answer = await site.get(f"/v1/cancellation-policies/{shown}")
    assert answer.json() == EXAMPLE_POLICY
    assert "immutable" in answer.headers["cache-control"]
    for unknown in ("0" * 32, "x"):
        problem_of(await site.get(f"/v1/cancellation-policies/{unknown}"), 404, "not-found")


async def test_a_quote_says_what_goes_back_and_changes_nothing(site: Site, inside: Visitor) -> None:
    order_id = await bought(inside, "1", "2")
    fan = later(site, inside)
    before = await site.contents()
    whole = (await fan.get(path(order_id))).json()
    kept = FEE + 1_000
    line = {"price": SEAT_PRICE, "booking_fee": 1_000, "fee": kept, "refund": SEAT_PRICE - FEE}
    assert whole == {
        "refund": 2 * (SEAT_PRICE - FEE),
        "refund_to": "wallet",
        "refunds": [{"to": "wallet", "amount": 2 * (SEAT_PRICE - FEE)}],
        "fee": 2 * kept,
        "lines": [{"seat": "1", **line}, {"seat": "2", **line}],
        "closes_at": "2029-12-31T17:00:00.000Z",
    }
    part = await fan.get(f"{path(order_id)}?seats=2")
    assert part.json()["lines"] == [{"seat": "2", **line}]
    assert part.headers["cache-control"] == "no-store"
    both = await fan.get(f"{path(order_id)}?seats=2&seats=1")
    assert both.json() == whole
    assert await site.contents() == before


async def test_seats_are_cancelled_and_the_order_shows_what_became_of_them(
    site: Site, inside: Visitor
) -> None:
    order_id = await bought(inside, "1", "2")
    inside = later(site, inside)
    body = (await cancelled(inside, order_id, {"seats": ["1"], "fee": FEE + 1_000})).json()
    order = body.pop("order")
    assert (order["status"], [seat["number"] for seat in order["seats"]]) == ("paid", ["2"])
    assert (order["total"], order["booking_fee"]) == (SEAT_PRICE + 1_000, 1_000)
    assert [ticket["seat"] for ticket in order["tickets"]] == ["2"]
    assert {name: body[name] for name in body if name not in ("id", "cancelled_at")} == {
        "seats": ["1"],
        "fee": FEE + 1_000,
        "refund": SEAT_PRICE - FEE,
        "refund_to": "wallet",
        "refund_state": "settled",
        "refunds": [{"to": "wallet", "amount": SEAT_PRICE - FEE, "state": "settled"}],
    }
    shown = (await inside.get(f"/v1/orders/{order_id}")).json()
    assert shown["cancellations"] == [body]
    assert (await inside.get("/v1/orders")).json()["orders"] == [shown]
    last = (await cancelled(inside, order_id)).json()
    assert last["order"]["status"] == "cancelled"
    shown = (await inside.get(f"/v1/orders/{order_id}")).json()
    assert shown["status"] == "cancelled"
    assert "tickets" not in shown
    assert [each["seats"] for each in shown["cancellations"]] == [["1"], ["2"]]
    kinds = [
        line["kind"] for line in (await inside.get("/v1/wallet/transfers")).json()["transfers"]
    ]
    assert kinds == ["fee", "refund", "fee", "refund", "payment", "top_up"]
    await assert_reconciled(site.runtime)


async def test_a_cancelled_seat_is_on_the_lists_and_the_map_again(
    site: Site, inside: Visitor
) -> None:
    order_id = await bought(inside, "1", "2")
    (other,) = await site.enter("other")

    async def free() -> list[str]:
        seats = (await other.get(f"/v1/performances/{FIRST}/seats")).json()["seats"]
        return [seat["number"] for seat in seats]

    assert await free() == SEATS[2:]
    key = {"Idempotency-Key": "one"}
    await cancelled(inside, order_id, {"seats": ["2"]}, headers=key)
    assert await free() == SEATS[1:]
    assert (await other.hold("2")).status_code == 201
    # A repeat frees nothing that was sold since.
    await cancelled(inside, order_id, {"seats": ["2"]}, headers=key)
    assert await free() == SEATS[2:]


async def test_an_order_without_cancellations_names_none(inside: Visitor) -> None:
    order_id = await bought(inside, "1")
    assert "cancellations" not in (await inside.get(f"/v1/orders/{order_id}")).json()


async def test_a_repeat_has_the_same_answer_and_another_body_is_refused(
    site: Site, inside: Visitor
) -> None:
    order_id = await bought(inside, "1", "2")
    key = {"Idempotency-Key": "one"}
    first = await cancelled(inside, order_id, {"seats": ["1"]}, headers=key)
    again = await cancelled(inside, order_id, {"seats": ["1"]}, headers=key)
    assert again.json() == first.json()
    other = await inside.post(path(order_id), {"seats": ["2"]}, headers=key)
    problem_of(other, 409, "idempotency-conflict")
    await assert_reconciled(site.runtime)


async def test_two_calls_with_one_key_at_once_cancel_once(site: Site, inside: Visitor) -> None:
    order_id = await bought(inside, "1")
    key = {"Idempotency-Key": "one"}
    answers = await asyncio.gather(
        *(inside.post(path(order_id), headers=key) for _ in range(3)),
    )
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json()["id"] for answer in answers}) == 1
    await assert_reconciled(site.runtime)


async def test_what_cannot_be_cancelled_is_refused(site: Site, inside: Visitor) -> None:
    held = await inside.held("9")
    for answer in (await inside.get(path(held)), await inside.post(path(held))):
        assert problem_of(answer, 409, "order-not-paid") == {"order_status": "held"}
    order_id = await bought(inside, "1")
    wrong = await inside.post(path(order_id), {"seats": ["5"]})
    assert problem_of(wrong, 409, "seats-not-in-order") == {"seats": ["5"]}
    problem_of(await inside.post(path(order_id), {"seats": []}), 422, "invalid-request")
    problem_of(await inside.post(path(order_id), {"refund": 1}), 422, "invalid-request")
    problem_of(await inside.get(f"{path(order_id)}?seats="), 409, "seats-not-in-order")
    changed = await inside.post(path(order_id), {"fee": 1})
    assert problem_of(changed, 409, "cancellation-fee-changed") == {
        "fee": 0,
        "refund": SEAT_PRICE + 1_000,
        "currency": "KRW",
    }
    to_the_day_before(site.runtime, hour=17)
    fan = site.visitor(inside.user_id)
    for answer in (await fan.get(path(order_id)), await fan.post(path(order_id))):
        assert problem_of(answer, 409, "cancellation-closed") == {
            "closes_at": "2029-12-31T17:00:00.000Z"
        }
    await assert_reconciled(site.runtime)


async def test_another_fans_order_is_not_there(site: Site, inside: Visitor) -> None:
    order_id = await bought(inside, "1")
    other = site.visitor("other")
    for answer in (await other.get(path(order_id)), await other.post(path(order_id))):
        problem_of(answer, 404, "order-not-found")
    problem_of(await site.get(path(order_id)), 401, "unauthenticated")
    problem_of(await inside.get(path("x")), 404, "order-not-found")


async def test_a_problem_is_in_korean_for_those_who_read_it(inside: Visitor) -> None:
    order_id = await bought(inside, "1")
    await cancelled(inside, order_id)
    answer = await inside.post(path(order_id), headers={"Accept-Language": "ko"})
    assert (
        answer.json()["detail"]
        == "이 주문의 상태는 '취소'입니다. 결제한 주문만 취소할 수 있습니다."
    )
