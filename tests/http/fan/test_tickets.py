"""The tickets of a paid order: a signed code for each seat, for its fan's eyes only."""

from uuid import UUID

import pytest

from helpers.concerts import FIRST
from helpers.http import Site, Visitor, problem_of
from helpers.time_travel import travel
from yemae.orders.ticket_code import Ticket, read


@pytest.fixture
async def paid(inside: Visitor) -> str:
    """The id of an order of two seats that was paid."""
    await inside.top_up()
    order_id = await inside.held("1", "2")
    answer = await inside.pay(order_id)
    assert answer.status_code == 201
    # The sale itself signs nothing.
    assert "tickets" not in answer.json()["order"]
    return order_id


async def test_a_paid_order_has_a_signed_code_for_each_seat(
    site: Site, inside: Visitor, paid: str
) -> None:
    order = (await inside.get(f"/v1/orders/{paid}")).json()
    assert [ticket["seat"] for ticket in order["tickets"]] == ["1", "2"]
    key = site.runtime.ticket_signer.public_key
    for ticket in order["tickets"]:
        assert read(ticket["code"], key) == Ticket(UUID(paid), FIRST, ticket["seat"])


async def test_a_ticket_has_the_same_code_whenever_and_wherever_it_is_shown(
    inside: Visitor, paid: str
) -> None:
    shown = (await inside.get(f"/v1/orders/{paid}")).json()
    assert (await inside.get(f"/v1/orders/{paid}")).json() == shown
    assert (await inside.get("/v1/orders")).json()["orders"] == [shown]


async def test_an_order_that_was_not_paid_has_no_ticket(site: Site, inside: Visitor) -> None:
    held = (await inside.hold("3")).json()
    assert (await inside.get(f"/v1/orders/{held['id']}")).json() == held
    released = (await inside.ask("DELETE", f"/v1/orders/{held['id']}")).json()
    assert (await inside.get(f"/v1/orders/{held['id']}")).json() == released
    expired = await inside.held("4")
    travel(site.runtime, 300)
    listed = (await inside.get("/v1/orders")).json()["orders"]
    assert [order["status"] for order in listed] == ["expired", "released"]
    for order in (held, released, (await inside.get(f"/v1/orders/{expired}")).json(), *listed):
        assert "tickets" not in order


async def test_no_other_fan_sees_a_ticket(site: Site, paid: str) -> None:
    other = site.visitor("other")
    assert problem_of(await other.get(f"/v1/orders/{paid}"), 404, "order-not-found") == {}
    assert (await other.get("/v1/orders")).json()["orders"] == []
    problem_of(await site.get(f"/v1/orders/{paid}"), 401, "unauthenticated")
