"""The box office over HTTP: for operators only, once for each key, and as the order is shown."""

from uuid import UUID

import pytest

from helpers.concerts import FIRST, HALL, SEAT_PRICE, load_concert
from helpers.http import Site, Visitor, problem_of
from helpers.moves import TWO_GRADES
from helpers.operators import having, log_of, operator
from helpers.reconcile import assert_reconciled
from yemae.concerts.files.concert_file import parse
from yemae.orders import ticket_code

ORDERS = "/v1/admin/orders"
CASH = {"performance_id": FIRST, "seats": ["1", "2"], "tender": "cash", "name": "Ann Lee"}


async def test_a_sale_needs_the_role_operator(site: Site, visitor: Visitor) -> None:
    problem_of(await site.ask("POST", ORDERS, json=CASH), 401, "unauthenticated")
    problem_of(await visitor.post(ORDERS, CASH), 403, "operator-required")


async def test_seats_are_sold_once_for_each_key(site: Site) -> None:
    op = operator(site)
    for _ in range(2):
        answer = await op.post(ORDERS, CASH, headers={"Idempotency-Key": "one"})
        assert answer.status_code == 201, answer.text
        shown = answer.json()
        assert (shown["status"], shown["tender"], shown["paid"], shown["name"]) == (
            "paid",
            "cash",
            2 * SEAT_PRICE,
            "A*****e",
        )
        assert shown["queue_number"] is None
    assert await log_of(op) == [("op", "sell")]
    problem_of(await op.post(ORDERS, CASH), 409, "seats-in-the-way")
    other = await op.post(ORDERS, {**CASH, "seats": ["3"]}, headers={"Idempotency-Key": "one"})
    problem_of(other, 409, "idempotency-conflict")
    await assert_reconciled(site.runtime)


async def test_a_fan_sees_a_complimentary_order_as_their_own(site: Site, visitor: Visitor) -> None:
    body = {"performance_id": FIRST, "seats": ["1"], "tender": "complimentary"}
    sold = await operator(site).post(ORDERS, {**body, "user": visitor.user_id})
    assert sold.status_code == 201, sold.text
    (order,) = (await visitor.get("/v1/orders")).json()["orders"]
    assert (order["id"], order["status"], order["total"]) == (sold.json()["id"], "paid", 0)
    assert order["seats"][0]["price_type"]["id"] == "complimentary"


async def test_the_tickets_of_a_paid_order_are_printed_with_a_line_in_the_log(
    site: Site, visitor: Visitor, inside: Visitor
) -> None:
    op = operator(site)
    order_id = (await op.post(ORDERS, CASH)).json()["id"]
    path = f"{ORDERS}/{order_id}/tickets"
    problem_of(await site.ask("POST", path), 401, "unauthenticated")
    problem_of(await visitor.post(path), 403, "operator-required")
    answer = await op.post(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    for ticket in answer.json()["tickets"]:
        found = ticket_code.read(ticket["code"], site.runtime.ticket_signer.public_key)
        assert (str(found.order_id), found.seat) == (order_id, ticket["seat"])
    assert await log_of(op) == [("op", "print"), ("op", "sell")]
    shown = (await op.get(f"{ORDERS}/{order_id}")).json()
    assert [each["what"] for each in shown["timeline"]][-1] == "printed"
    held = await inside.held("5")
    problem_of(await op.post(f"{ORDERS}/{held}/tickets"), 409, "order-not-paid")
    problem_of(await op.post(f"{ORDERS}/{UUID(int=1)}/tickets"), 404, "order-not-found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"tender": "card"},
        {"seats": []},
        {"name": None},
        {"user": "fan"},
        {"user": "@sales", "name": None},
        {"price_types": ["child"]},
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused(site: Site, wrong: dict[str, object]) -> None:
    answer = await operator(site).post(ORDERS, {**CASH, **wrong})
    problem_of(answer, 422, "invalid-request")


async def test_an_order_that_was_sold_for_cash_moves_to_dearer_seats_for_cash(site: Site) -> None:
    await load_concert(site.runtime.settings, parse(TWO_GRADES, "hall.toml"))
    await site.runtime.catalogue.refresh()
    op = operator(site)
    path = f"{ORDERS}/{(await op.post(ORDERS, {**CASH, 'seats': ['11']})).json()['id']}/move"
    wish = {"seats": ["1"], "price": "new"}
    problem_of(await op.post(path, wish), 422, "invalid-request")
    problem_of(await op.post(path, {**wish, "surcharge": "card"}), 422, "invalid-request")
    moved = await op.post(path, {**wish, "surcharge": "cash"})
    assert (moved.status_code, moved.json()["paid"]) == (201, SEAT_PRICE), moved.text
    await assert_reconciled(site.runtime)


@pytest.mark.parametrize("role", ["support", "operator", f"support:{HALL}"])
async def test_cash_for_a_move_is_taken_by_who_may_sell_for_cash(site: Site, role: str) -> None:
    await load_concert(site.runtime.settings, parse(TWO_GRADES, "hall.toml"))
    await site.runtime.catalogue.refresh()
    op = operator(site)
    path = f"{ORDERS}/{(await op.post(ORDERS, {**CASH, 'seats': ['11']})).json()['id']}/move"
    wish = {"seats": ["1"], "price": "new", "surcharge": "cash"}
    refused = problem_of(await having(site, role).post(path, wish), 403, "forbidden")
    assert refused["role"] == "box_office"
    # A role at another concert does not add to it.
    both = having(site, role, "box_office:elsewhere")
    problem_of(await both.post(path, wish), 403, "forbidden")
    assert (await having(site, f"box_office:{HALL}").post(path, wish)).status_code == 201
