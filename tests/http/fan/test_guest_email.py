"""Payments of fans without an account, where the operator wants an address for their tickets."""

from collections.abc import AsyncIterator

import pytest

from helpers.http import Site, Visitor, problem_of, running_site
from yemae.outbox import messages as outbox
from yemae.settings import Settings

ANN = {"email": "ann@example.com"}
CARD = {"method": "card"}


@pytest.fixture
async def site(settings: Settings, usual_concert: str) -> AsyncIterator[Site]:
    """A server that wants the address."""
    assert usual_concert
    async with running_site(settings.replace(guest_email="required")) as opened:
        yield opened


@pytest.fixture
async def held(inside: Visitor) -> str:
    """The path of an order that can be paid."""
    await inside.top_up()
    return f"/v1/orders/{await inside.held('1')}"


async def test_a_payment_without_an_address_is_refused_and_names_it(
    site: Site, inside: Visitor, held: str
) -> None:
    assert (await site.get("/v1/settings")).json()["guest_email"] == "required"
    for path, body in ((f"{held}/payment", {}), (f"{held}/checkouts", CARD)):
        fields = problem_of(await inside.post(path, body), 422, "invalid-request")
        assert "email" in str(fields)
    assert (await inside.post(f"{held}/payment", ANN)).status_code == 201


async def test_with_an_address_a_card_pays_and_a_repeat_is_answered_as_before(
    inside: Visitor, held: str
) -> None:
    key = {"Idempotency-Key": "once"}
    first = await inside.post(f"{held}/payment", ANN, headers=key)
    assert first.status_code == 201
    # The pass has ended, and the repeat asks for nothing more.
    again = await inside.post(f"{held}/payment", ANN, headers=key)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


async def test_a_card_payment_with_an_address_goes_on_to_the_provider(
    inside: Visitor, held: str
) -> None:
    # None of this server listens here.
    problem_of(
        await inside.post(f"{held}/checkouts", CARD | ANN), 503, "payment-provider-unavailable"
    )


async def test_an_account_with_an_address_needs_no_other(
    site: Site, inside: Visitor, held: str
) -> None:
    async with site.runtime.postgres.transaction() as tx:
        await tx.execute(b"update users set email = 'own@example.com' where id = 'fan'")
    assert (await inside.post(f"{held}/payment", {})).status_code == 201
    async with site.runtime.postgres.transaction() as tx:
        (message,) = await outbox.listed(tx, None, 9)
    assert message.email == "own@example.com"


async def test_a_server_without_mail_wants_no_address(
    settings: Settings, usual_concert: str
) -> None:
    assert usual_concert
    silent = settings.replace(
        mode="production", top_ups="free", payment_provider="none", guest_email="required"
    )
    async with running_site(silent) as site:
        assert (await site.get("/v1/settings")).json()["guest_email"] == "optional"
        (fan,) = await site.enter("fan")
        await fan.top_up()
        order_id = await fan.held("1")
        assert (await fan.pay(order_id)).status_code == 201
