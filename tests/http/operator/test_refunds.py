"""Refunds to cards over HTTP: what waits for an operator, and another try."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from helpers.bank import Bank
from helpers.cancelling import cancellable
from helpers.concerts import FIRST, HALL, SEAT_PRICE
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.operators import having, operator
from helpers.reconcile import assert_reconciled
from yemae.jobs.send_refunds import send_refunds
from yemae.settings import Settings

REFUNDS = "/v1/admin/refunds"


@pytest.fixture
def bank_port() -> Iterator[Bank]:
    """A bank that has an address and does not serve yet."""
    opened = Bank()
    yield opened
    opened.close()


@pytest.fixture
async def site(settings: Settings, bank_port: Bank) -> AsyncIterator[Site]:
    """The hall whose orders can be cancelled, with that bank."""
    async with open_site(settings.replace(port=bank_port.port), cancellable()) as opened:
        yield opened


@pytest.fixture
async def bank(site: Site, bank_port: Bank) -> AsyncIterator[Bank]:
    """The bank, open."""
    async with bank_port.serve(site.runtime) as serving:
        yield serving


async def cancelled(inside: Visitor, bank: Bank) -> str:
    """An order that a card paid and its fan cancelled; the bank declines refunds."""
    order_id = await inside.held("1")
    begun = await inside.ask("POST", f"/v1/orders/{order_id}/checkouts", json={"method": "card"})
    checkout_id = begun.json()["id"]
    await bank.choose(checkout_id, refunds="decline")
    paid = await inside.ask("POST", f"/v1/checkouts/{checkout_id}/confirm")
    assert paid.status_code == 201, paid.text
    quote = (await inside.get(f"/v1/orders/{order_id}/cancellation")).json()
    assert (quote["refund"], quote["refund_to"]) == (SEAT_PRICE, "checkout")
    gone = await inside.ask("POST", f"/v1/orders/{order_id}/cancellation", json={})
    assert gone.status_code == 201, gone.text
    return order_id


async def state(inside: Visitor, order_id: str) -> tuple[str, str]:
    """Where the fan sees the refund go, and how far it has come."""
    (line,) = (await inside.get(f"/v1/orders/{order_id}")).json()["cancellations"]
    return line["refund_to"], line["refund_state"]


async def test_a_declined_refund_is_listed_and_given_to_the_wallet(
    site: Site, inside: Visitor, bank: Bank
) -> None:
    op = operator(site)
    order_id = await cancelled(inside, bank)
    assert await state(inside, order_id) == ("checkout", "pending")
    assert (await op.get(REFUNDS)).json()["refunds"] == []
    (pending,) = (await op.get(f"{REFUNDS}?all=true")).json()["refunds"]
    assert (pending["order_id"], pending["state"]) == (order_id, "pending")
    again = f"{REFUNDS}/{pending['id']}/retry"
    problem_of(await op.ask("POST", again, json={"to": "wallet"}), 422, "invalid-request")
    await send_refunds(site.runtime)
    assert await state(inside, order_id) == ("checkout", "declined")
    (declined,) = (await op.get(REFUNDS)).json()["refunds"]
    assert (declined["failure"], declined["amount"]) == ("card_closed", SEAT_PRICE)
    for _ in range(2):
        done = await op.ask("POST", again, json={"to": "wallet"})
        assert done.status_code == 201
        states = [(each["to"], each["state"]) for each in done.json()["refunds"]]
        assert states == [("checkout", "declined"), ("wallet", "settled")]
    assert await state(inside, order_id) == ("wallet", "settled")
    assert (await inside.get("/v1/wallet")).json()["balance"] == SEAT_PRICE
    assert (await op.get(REFUNDS)).json()["refunds"] == []
    await assert_reconciled(site.runtime)


async def test_lists_of_money_keep_to_the_concert_of_the_role(
    site: Site, inside: Visitor, bank: Bank
) -> None:
    await cancelled(inside, bank)
    async with site.runtime.postgres.transaction() as tx:
        await tx.fetch(
            b"insert into disputes (id, checkout_id, order_id, reference, amount, state)"
            b" select id, id, order_id, 'du_1', amount, 'open' from checkouts returning id"
        )
    here, elsewhere = having(site, f"finance:{HALL}"), having(site, "finance:elsewhere")
    for path, name in ((f"{REFUNDS}?all=true", "refunds"), ("/v1/admin/disputes", "disputes")):
        assert len((await here.get(path)).json()[name]) == 1
        assert (await elsewhere.get(path)).json()[name] == []


async def test_what_is_not_there_or_not_right_is_refused(site: Site, bank: Bank) -> None:
    assert bank
    op, unknown = operator(site), f"{REFUNDS}/{uuid4()}/retry"
    problem_of(await op.ask("POST", unknown, json={"to": "wallet"}), 422, "invalid-request")
    no_id = await op.ask("POST", f"{REFUNDS}/x/retry", json={"to": "wallet"})
    problem_of(no_id, 404, "not-found")
    problem_of(await op.get(f"{REFUNDS}?all=maybe"), 422, "invalid-request")
    problem_of(await op.ask("POST", unknown, json={"to": "me"}), 422, "invalid-request")


async def test_a_refund_of_a_cash_sale_is_listed_and_handed_out_once(site: Site) -> None:
    op = operator(site)
    sale = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Ann Lee"}
    order = (await op.ask("POST", "/v1/admin/orders", json=sale)).json()
    why = {"fee": "none", "reason": "Asked for"}
    gone = await op.ask("POST", f"/v1/admin/orders/{order['id']}/cancellation", json=why)
    assert gone.status_code == 201, gone.text
    (listed,) = (await op.get(REFUNDS)).json()["refunds"]
    assert (listed["to"], listed["provider"], listed["state"]) == ("cash", None, "pending")
    payout = f"{REFUNDS}/{listed['id']}/payout"
    done = await op.ask("POST", payout)
    assert done.status_code == 201, done.text
    (refund,) = done.json()["refunds"]
    assert (refund["to"], refund["state"], refund["paid_out_by"]) == ("cash", "settled", "op")
    assert (await op.get(f"{REFUNDS}?all=true")).json()["refunds"] == []
    problem = problem_of(await op.ask("POST", payout), 422, "invalid-request")
    assert "was paid out by op" in problem["errors"][0]["detail"]
    problem_of(await op.ask("POST", f"{REFUNDS}/x/payout"), 404, "not-found")
    await assert_reconciled(site.runtime)


async def test_disputes_are_listed_by_their_state(site: Site) -> None:
    op = operator(site)
    found = await op.get("/v1/admin/disputes?state=open&limit=1")
    assert found.json() == {"disputes": [], "next_cursor": None}
    problem = problem_of(await op.get("/v1/admin/disputes?state=new"), 422, "invalid-request")
    assert problem["errors"][0]["field"] == "state"
