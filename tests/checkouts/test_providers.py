"""Which provider the settings choose, what they refuse, and what the test bank's client reads."""

from datetime import UTC, datetime, timedelta

import pytest

from helpers.bank import Bank
from helpers.checkouts import Payer
from helpers.concerts import SEAT_PRICE
from yemae.payments.provider import Charge, UnclearError
from yemae.payments.providers import provider_of, require_provider
from yemae.payments.providers.test import BankClient
from yemae.settings import Settings, SettingsError


def test_the_test_bank_is_the_default_in_development_and_refused_in_production() -> None:
    assert isinstance(provider_of(Settings()), BankClient)
    production = Settings().replace(mode="production")
    assert provider_of(production) is None
    with pytest.raises(SettingsError, match="cannot be used in production"):
        require_provider(production.replace(payment_provider="test"))


def test_top_ups_by_card_need_a_provider() -> None:
    with pytest.raises(SettingsError, match="needs a payment provider"):
        require_provider(Settings().replace(mode="production", top_ups="card"))


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - not bound here
        ("::", "http://[::1]:8000"),
    ],
)
def test_without_an_address_the_bank_is_at_the_server_s_own(host: str, url: str) -> None:
    client = BankClient.of(Settings().replace(host=host))
    assert client._url == f"{url}/test-bank/charges"


async def test_what_was_captured_is_in_the_bank_s_list(payer: Payer, bank: Bank) -> None:
    provider = payer.runtime.provider
    assert provider is not None
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id)
    await payer.confirm(checkout.id)
    now = datetime.now(UTC)
    (listed,) = await provider.settlements(now - timedelta(hours=1), now + timedelta(hours=1))
    assert (listed.id, listed.amount, listed.refunded) == (checkout.id, SEAT_PRICE, 0)
    assert await provider.settlements(now + timedelta(hours=1), now + timedelta(hours=2)) == []


async def test_an_answer_that_can_not_be_read_is_unclear(payer: Payer, bank: Bank) -> None:
    """Another secret key: the bank does not know this merchant."""
    stranger = BankClient(bank.url, "another secret key")
    charge = Charge(payer.runtime.new_id(), 1, "KRW", "card")
    try:
        with pytest.raises(UnclearError, match="401"):
            await stranger.look_up(charge)
    finally:
        await stranger.close()
    assert payer.runtime.provider is not None
    assert (await payer.runtime.provider.look_up(charge)).state == "unknown"
