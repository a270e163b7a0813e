"""Card payment over HTTP: what a client sends and is answered, and what it cannot choose."""

from collections.abc import AsyncIterator, Iterator

import pytest

from helpers.bank import Bank, entry_of, webhook
from helpers.concerts import SEAT_PRICE
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.reconcile import assert_reconciled
from yemae.settings import Settings

BACK = "http://test/orders/{}"
ELSEWHERE = [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "evil",
    "http://test.evil.example/", "http://test@evil.example/", "javascript:alert(1)", "/a b",
    "/\t/evil.example", "http://evil.example/http://test/", "/\n/evil.example", "https://test/x",
]  # fmt: skip


@pytest.fixture
def bank_port() -> Iterator[Bank]:
    """A bank that has an address and does not serve yet."""
    opened = Bank()
    yield opened
    opened.close()


@pytest.fixture
def settings(settings: Settings, bank_port: Bank) -> Settings:
    """The settings of a server that takes cards through that bank."""
    return settings.replace(port=bank_port.port)


@pytest.fixture
async def bank(site: Site, bank_port: Bank) -> AsyncIterator[Bank]:
    """The bank, open."""
    async with bank_port.serve(site.runtime) as serving:
        yield serving


async def begun(fan: Visitor, order: str, **more: object) -> dict[str, str]:
    """A new checkout."""
    answer = await fan.post(f"/v1/orders/{order}/checkouts", {"method": "card", **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, str] = answer.json()
    assert answer.headers["location"] == f"/v1/checkouts/{found['id']}"
    return found


async def test_a_fan_pays_by_card(site: Site, inside: Visitor, bank: Bank) -> None:
    order = await inside.held("1", "2")
    checkout = await begun(inside, order)
    assert checkout == {
        "id": checkout["id"],
        "state": "pending",
        "order_id": order,
        "provider": "test",
        "method": "card",
        "amount": 2 * SEAT_PRICE,
        "currency": "KRW",
        "reason": None,
        "redirect_url": f"http://test/test-bank/pay/{checkout['id']}",
        "created_at": checkout["created_at"],
        "expires_at": checkout["expires_at"],
    }
    path = f"/v1/checkouts/{checkout['id']}"
    assert (await inside.get(path)).json() == checkout
    waiting = await inside.post(f"{path}/confirm")
    assert (waiting.status_code, waiting.json()["state"]) == (202, "pending")
    back = await bank.choose(checkout["id"])
    assert back.headers["location"] == f"{BACK.format(order)}?checkout={checkout['id']}"
    paid = await inside.post(f"{path}/confirm")
    assert paid.status_code == 201, paid.text
    assert paid.json()["order"]["status"] == "paid"
    assert (paid.json()["amount"], paid.json()["balance_after"]) == (2 * SEAT_PRICE, 0)
    assert (await inside.post(f"{path}/confirm")).json() == paid.json()
    shown = (await inside.get(path)).json()
    assert (shown["state"], shown["redirect_url"]) == ("captured", None)
    # The payment has ended the pass.
    problem_of(await inside.hold("3"), 403, "entry-token-expired")
    await assert_reconciled(site.runtime)


async def test_a_declined_payment_is_a_problem_with_its_reason(inside: Visitor, bank: Bank) -> None:
    checkout = await begun(inside, await inside.held("1"))
    await bank.choose(checkout["id"], "decline", "limit_exceeded")
    declined = await inside.post(f"/v1/checkouts/{checkout['id']}/confirm")
    assert problem_of(declined, 402, "payment-declined") == {"reason": "limit_exceeded"}


@pytest.mark.parametrize("return_url", ELSEWHERE)
async def test_a_fan_is_never_sent_to_another_host(
    inside: Visitor, bank: Bank, return_url: str
) -> None:
    assert bank
    order = await inside.held("1")
    body = {"method": "card", "return_url": return_url}
    answer = await inside.post(f"/v1/orders/{order}/checkouts", body)
    (error,) = problem_of(answer, 422, "invalid-request")["errors"]
    assert error["field"] == "return_url"


@pytest.mark.parametrize("return_url", ["/paid?x=1", "http://test/paid?x=1"])
async def test_a_fan_comes_back_to_an_address_of_this_server(
    site: Site, inside: Visitor, bank: Bank, return_url: str
) -> None:
    assert bank
    checkout = await begun(inside, await inside.held("1"), return_url=return_url)
    entry = await entry_of(site.runtime, checkout["id"])
    assert entry.return_url == f"http://test/paid?x=1&checkout={checkout['id']}"


@pytest.mark.parametrize(
    "more",
    [
        {"amount": 1},
        {"currency": "USD"},
        {"order_id": "x"},
        {"user_id": "x"},
        {"state": "captured"},
    ],
    ids=lambda more: next(iter(more)),
)
async def test_what_is_paid_is_not_the_client_s_to_say(
    site: Site, inside: Visitor, bank: Bank, more: dict[str, object]
) -> None:
    assert bank
    order = await inside.held("1")
    before = await site.contents()
    answer = await inside.post(f"/v1/orders/{order}/checkouts", {"method": "card", **more})
    problem_of(answer, 422, "invalid-request")
    assert await site.contents() == before


async def test_another_fan_s_checkout_is_not_found(site: Site, inside: Visitor, bank: Bank) -> None:
    checkout = await begun(inside, await inside.held("1"))
    await bank.choose(checkout["id"])
    other = site.visitor("other")
    path = f"/v1/checkouts/{checkout['id']}"
    problem_of(await other.get(path), 404, "checkout-not-found")
    problem_of(await other.post(f"{path}/confirm"), 404, "checkout-not-found")
    problem_of(await other.get("/v1/checkouts/none"), 404, "checkout-not-found")
    assert (await inside.get(path)).json()["state"] == "pending"


async def test_a_webhook_sells_and_a_forged_one_does_nothing(
    site: Site, inside: Visitor, bank: Bank
) -> None:
    order = await inside.held("1")
    checkout = await begun(inside, order)
    await bank.choose(checkout["id"], "webhook_only")
    headers, body = webhook(site.runtime, checkout["id"])
    forged = await site.ask("POST", "/v1/hooks/test", content=body)
    problem_of(forged, 401, "webhook-invalid")
    assert (await inside.get(f"/v1/orders/{order}")).json()["status"] == "held"
    problem_of(await site.ask("POST", "/v1/hooks/other", content=body), 404, "not-found")
    heeded = await site.ask("POST", "/v1/hooks/test", content=body, headers=headers)
    assert heeded.status_code == 204
    assert (await inside.get(f"/v1/orders/{order}")).json()["status"] == "paid"


async def test_a_pass_is_needed_to_begin(site: Site, inside: Visitor, bank: Bank) -> None:
    assert bank
    order = await inside.held("1")
    outside = site.visitor("fan")
    answer = await outside.post(f"/v1/orders/{order}/checkouts", {"method": "card"})
    problem_of(answer, 403, "entry-token-missing")


async def test_while_it_is_confirmed_nothing_else_is_done_with_the_order(
    inside: Visitor, bank: Bank
) -> None:
    order = await inside.held("1")
    checkout = await begun(inside, order)
    await bank.choose(checkout["id"], "lose_answer")
    doubtful = await inside.post(f"/v1/checkouts/{checkout['id']}/confirm")
    assert (doubtful.status_code, doubtful.json()["state"]) == (202, "in_doubt")
    await inside.top_up()
    problem_of(await inside.pay(order), 409, "checkout-in-progress")
    problem_of(await inside.ask("DELETE", f"/v1/orders/{order}"), 409, "checkout-in-progress")
    again = await inside.post(f"/v1/orders/{order}/checkouts", {"method": "card"})
    problem_of(again, 409, "checkout-in-progress")


async def test_a_production_server_without_a_provider_takes_no_card(
    settings: Settings,
) -> None:
    async with open_site(settings.replace(mode="production")) as site:
        assert (await site.get("/v1/settings")).json()["payment_methods"] == []
        (fan,) = await site.enter("fan")
        order = await fan.held("1")
        answer = await fan.post(f"/v1/orders/{order}/checkouts", {"method": "card"})
        problem_of(answer, 403, "payment-method-closed")
        problem_of(await site.ask("POST", "/v1/hooks/test", content=b"{}"), 404, "not-found")
        assert (await site.client.get("/test-bank/charges")).status_code == 404


async def test_a_top_up_by_card_is_credited(settings: Settings, bank_port: Bank) -> None:
    async with (
        open_site(settings.replace(top_ups="card")) as site,
        bank_port.serve(site.runtime) as bank,
    ):
        assert (await site.get("/v1/settings")).json()["payment_methods"] == ["card"]
        fan = site.visitor("fan")
        body = {"amount": 30_000, "method": "card"}
        problem_of(await fan.post("/v1/wallet/checkouts", body), 400, "idempotency-key-required")
        checkout = (
            await fan.post("/v1/wallet/checkouts", body, headers={"Idempotency-Key": "k"})
        ).json()
        await bank.choose(checkout["id"])
        credited = await fan.post(f"/v1/checkouts/{checkout['id']}/confirm")
        assert (credited.status_code, credited.json()["balance"]) == (200, 30_000)
        assert credited.json()["transfer"]["from_account"] == "@provider:test"
        await assert_reconciled(site.runtime)


async def test_the_bank_serves_its_merchant_alone(site: Site, inside: Visitor, bank: Bank) -> None:
    assert bank
    checkout = await begun(inside, await inside.held("1"))
    path = f"/test-bank/charges/{checkout['id']}"
    for method, at in (("GET", path), ("POST", f"{path}/confirm"), ("POST", f"{path}/cancel")):
        assert (await site.client.request(method, at)).status_code == 401
    page = await site.client.get(f"/test-bank/pay/{checkout['id']}")
    assert page.status_code == 200
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert "script" not in page.text
