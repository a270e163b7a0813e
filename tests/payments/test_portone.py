"""PortOne's own SDK against a double of its API: what counts as paid, and what gives a ticket."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE
from helpers.portone_double import API_SECRET, CHANNEL, KEYS, PortOneDouble
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.payments import providers
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Charge, GivenBackState, Provider, UnclearError
from yemae.payments.providers.portone import PortOneProvider, keys_of
from yemae.refusals import PaymentDeclined, ProviderUnavailable, WebhookInvalid
from yemae.sale.checkout import Receipt, own_checkout
from yemae.sale.heed_webhook import heed_webhook
from yemae.settings import Settings

HOLD_S = 301


def provider_of(payer: Payer) -> Provider:
    assert payer.runtime.provider is not None
    return payer.runtime.provider


async def begun(payer: Payer) -> Checkout:
    return await payer.begin(await payer.hold_inside("1"))


async def state(payer: Payer, checkout: Checkout) -> str:
    return (await own_checkout(payer.runtime, payer.user_id, checkout.id)).state


def left(portone: PortOneDouble, checkout: Checkout) -> int:
    """What is still captured."""
    amount = portone.payments[checkout.id.hex]["amount"]
    return int(amount["total"] - amount["cancelled"])


async def test_what_a_fan_pays_in_the_window_is_sold(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    checkout = await begun(portone_payer)
    assert portone.registered == {checkout.id.hex: (SEAT_PRICE, "KRW")}
    back = f"%2Forders%2F1%3Fcheckout%3D{checkout.id}"
    assert checkout.redirect_url == f"/pay/{checkout.id}?back={back}"
    portone.pay(checkout.id)
    assert isinstance(await portone_payer.confirm(checkout.id), Receipt)
    assert isinstance(await portone_payer.confirm(checkout.id), Receipt)
    await assert_reconciled(portone_payer.runtime)


async def test_a_return_without_a_payment_gives_no_ticket_and_may_be_tried_again(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    order = await portone_payer.hold_inside("1")
    checkout = await portone_payer.begin(order)
    assert isinstance(await portone_payer.confirm(checkout.id), Checkout)
    portone.decline(checkout.id)
    assert isinstance(await portone_payer.confirm(checkout.id), Checkout)
    assert await portone_payer.status(order) == "held"
    portone.pay(checkout.id)
    assert isinstance(await portone_payer.confirm(checkout.id), Receipt)


@pytest.mark.parametrize(
    "changed",
    [
        {"channel": {"type": "TEST"}},
        {"channel": {"key": "channel-key-of-another"}},
        {"storeId": "store-of-another"},
    ],
)
async def test_money_that_does_not_come_through_our_channel_gives_no_ticket(
    portone_payer: Payer, portone: PortOneDouble, changed: dict[str, Any]
) -> None:
    """A fan's browser can be made to name a channel of the test mode, whose cards cost nothing."""
    order = await portone_payer.hold_inside("1")
    checkout = await portone_payer.begin(order)
    portone.pay(checkout.id, **changed)
    with pytest.raises(PaymentDeclined, match="wrong_channel"):
        await portone_payer.confirm(checkout.id)
    assert left(portone, checkout) == 0
    assert await portone_payer.status(order) == "held"


@pytest.mark.parametrize("changed", [{"amount": {"total": 1}}, {"currency": "JPY"}])
async def test_a_payment_of_another_amount_is_given_back_and_gives_no_ticket(
    portone_payer: Payer, portone: PortOneDouble, changed: dict[str, Any]
) -> None:
    order = await portone_payer.hold_inside("1")
    checkout = await portone_payer.begin(order)
    portone.pay(checkout.id, **changed)
    with pytest.raises(PaymentDeclined, match="not_sellable"):
        await portone_payer.confirm(checkout.id)
    assert left(portone, checkout) == 0
    assert await portone_payer.status(order) == "held"


async def test_the_payment_of_another_order_pays_nothing(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    first = await begun(portone_payer)
    portone.pay(first.id)
    assert isinstance(await portone_payer.confirm(first.id), Receipt)
    other = Payer(portone_payer.runtime, portone_payer.batches, "other")
    order = await other.hold_inside("2")
    second = await other.begin(order)
    await heed_webhook(portone_payer.runtime, "portone", *portone.event(first.id))
    assert isinstance(await other.confirm(second.id), Checkout)
    assert await other.status(order) == "held"


@pytest.mark.parametrize("kind", ["lose_request", "lose_answer"])
async def test_a_check_without_an_answer_is_in_doubt_and_sold_once(
    portone_payer: Payer, portone: PortOneDouble, kind: Any
) -> None:
    checkout = await begun(portone_payer)
    portone.pay(checkout.id)
    portone.fail(kind, "GET /payments/")
    found = await portone_payer.confirm(checkout.id)
    assert isinstance(found, Checkout)
    assert found.state == "in_doubt"
    assert isinstance(await portone_payer.confirm(checkout.id), Receipt)
    await assert_reconciled(portone_payer.runtime)


@pytest.mark.parametrize("kind", ["lose_request", "lose_answer"])
async def test_a_registration_without_an_answer_is_unavailable_and_may_be_repeated(
    portone_payer: Payer, portone: PortOneDouble, kind: Any
) -> None:
    order = await portone_payer.hold_inside("1")
    portone.fail(kind, "pre-register")
    with pytest.raises(ProviderUnavailable):
        await portone_payer.begin(order, "key")
    assert (await portone_payer.begin(order, "key")).redirect_url is not None


async def test_what_is_paid_after_the_hold_is_given_back(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    """PortOne cannot close a page: its checkout is looked at until it cannot be paid any more."""
    order = await portone_payer.hold_inside("1")
    checkout = await portone_payer.begin(order)
    travel(portone_payer.runtime, HOLD_S)
    await look_up_checkouts(portone_payer.runtime)
    assert await state(portone_payer, checkout) == "pending"
    portone.pay(checkout.id)
    travel(portone_payer.runtime, HOLD_S)
    await look_up_checkouts(portone_payer.runtime)
    assert await state(portone_payer, checkout) == "cancelled"
    assert left(portone, checkout) == 0
    assert await portone_payer.status(order) == "expired"
    await assert_reconciled(portone_payer.runtime)


async def test_a_page_of_an_hour_ago_is_void(portone_payer: Payer) -> None:
    old = UUID(int=int((datetime.now(UTC) - timedelta(hours=2)).timestamp() * 1000) << 80)
    charge = Charge(old, 1, "KRW", "card")
    assert (await provider_of(portone_payer).cancel(charge, "key")).state == "cancelled"


async def test_what_comes_after_the_checkout_has_ended_goes_back_by_its_webhook(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    checkout = await begun(portone_payer)
    portone.pay(checkout.id, channel={"type": "TEST"})
    with pytest.raises(PaymentDeclined):
        await portone_payer.confirm(checkout.id)
    payment = portone.payments[checkout.id.hex]
    payment |= {"status": "PAID", "cancellations": []}
    payment["channel"]["type"] = "LIVE"
    payment["amount"]["cancelled"] = 0
    portone.fail("lose_request", "GET /payments/")
    with pytest.raises(ProviderUnavailable):
        await heed_webhook(portone_payer.runtime, "portone", *portone.event(checkout.id))
    for _ in range(2):
        await heed_webhook(portone_payer.runtime, "portone", *portone.event(checkout.id))
    assert left(portone, checkout) == 0
    assert await state(portone_payer, checkout) == "declined"


async def test_a_forged_or_old_webhook_is_refused_and_an_unpaid_one_gives_no_ticket(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    order = await portone_payer.hold_inside("1")
    checkout = await portone_payer.begin(order)
    signed, body = portone.event(checkout.id)
    for sent in (
        portone.event(checkout.id, "whsec_" + "YW5vdGhlcg=="),
        portone.event(checkout.id, age_s=301),
        ({}, body),
        (signed, body + b" "),
        (signed, b"\xff"),
    ):
        with pytest.raises(WebhookInvalid):
            await heed_webhook(portone_payer.runtime, "portone", *sent)
    for about in (checkout.id, uuid4(), "of-another-shop"):
        await heed_webhook(portone_payer.runtime, "portone", *portone.event(about))
    assert await portone_payer.status(order) == "held"


async def test_a_refund_is_made_once_for_its_key(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    provider = provider_of(portone_payer)
    checkout = await begun(portone_payer)
    portone.pay(checkout.id)
    await portone_payer.confirm(checkout.id)
    key = uuid4()
    portone.fail("lose_answer", "/cancel")
    with pytest.raises(UnclearError):
        await provider.refund(checkout.charge, 1_000, key)
    back = await provider.refund(checkout.charge, 1_000, key)
    assert (back.key, back.amount, back.state) == (key, 1_000, "settled")
    assert portone.called("/cancel") == 1
    portone.cancel_in_dashboard(checkout.id, 2_000)
    by_hand = (await provider.refunds(checkout.charge))[1]
    assert (by_hand.key, by_hand.amount, by_hand.reason) == (None, 2_000, "by hand")
    more = await provider.refund(checkout.charge, SEAT_PRICE, uuid4())
    assert (more.state, more.reason) == ("declined", "CancelAmountExceedsCancellableAmountError")


@pytest.mark.parametrize(("status", "said"), [("REQUESTED", "accepted"), ("FAILED", "declined")])
async def test_the_states_of_a_refund(
    portone_payer: Payer, portone: PortOneDouble, status: str, said: GivenBackState
) -> None:
    checkout = await begun(portone_payer)
    portone.pay(checkout.id)
    portone.cancellation_status = status
    assert (await provider_of(portone_payer).refund(checkout.charge, 1, uuid4())).state == said


async def test_what_the_card_company_refused_to_give_back_is_given_back_later(
    portone_payer: Payer, portone: PortOneDouble
) -> None:
    checkout = await begun(portone_payer)
    portone.pay(checkout.id)
    provider, key = provider_of(portone_payer), f"{checkout.id}:all"
    portone.cancellation_status = "FAILED"
    for _ in range(2):
        with pytest.raises(UnclearError, match="gave nothing back"):
            await provider.cancel(checkout.charge, key)
    portone.cancellation_status = "SUCCEEDED"
    for _ in range(2):
        assert (await provider.cancel(checkout.charge, key)).state == "cancelled"
    assert (left(portone, checkout), portone.called("/cancel")) == (0, 3)


async def test_the_list_has_our_live_payments_on_all_its_pages(
    portone_payer: Payer, portone: PortOneDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yemae.payments.providers.portone_calls.LISTED_AT_ONCE", 2)
    charges = [Charge(portone_payer.runtime.new_id(), n, "KRW", "card") for n in range(1, 6)]
    for charge in charges:
        await provider_of(portone_payer).start(charge, "http://test/")
        portone.pay(charge.id)
    portone.payments[charges[0].id.hex]["channel"]["type"] = "TEST"
    await provider_of(portone_payer).refund(charges[4], 2, uuid4())
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    listed = await provider_of(portone_payer).settlements(now - hour, now + hour)
    assert [(each.id, each.amount, each.refunded) for each in listed] == [
        (charge.id, charge.amount, 2 * (charge.amount == 5)) for charge in charges[1:]
    ]


async def test_a_wrong_key_is_no_answer_and_no_key_is_written(
    portone: PortOneDouble, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = f"another-secret store-1 {CHANNEL} whsec_YQ=="
    settings = Settings().replace(payment_provider="portone", payment_keys=wrong)
    stranger = PortOneProvider(keys_of(settings), portone.url, takes_test=True)
    try:
        with pytest.raises(UnclearError, match="UnauthorizedError") as error:
            await stranger.look_up(Charge(uuid4(), 1, "KRW", "card"))
    finally:
        await stranger.close()
    for text in (caplog.text, str(error.value)):
        assert "another-secret" not in text
        assert API_SECRET not in text


def test_portone_may_move_no_money_where_channels_of_its_test_mode_count() -> None:
    settings = Settings().replace(payment_provider="portone", payment_keys=KEYS)
    for mode, moves_money in (("development", False), ("production", True)):
        provider = providers.provider_of(settings.replace(mode=mode, secret_key="x" * 40))
        assert provider is not None
        assert provider.moves_money is moves_money
