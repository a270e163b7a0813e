"""What the doctor says of card payment."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from helpers.doubles import Double
from helpers.portone_double import KEYS as PORTONE_KEYS
from helpers.portone_double import PortOneDouble
from helpers.stripe_double import KEYS as STRIPE_KEYS
from helpers.stripe_double import StripeDouble
from yemae.doctor.findings import Finding
from yemae.doctor.payments import check_payments
from yemae.payments.providers import provider_of
from yemae.settings import Settings

PRODUCTION = {"mode": "production"}
PROVIDERS = {"stripe": (StripeDouble, STRIPE_KEYS), "portone": (PortOneDouble, PORTONE_KEYS)}


@pytest.mark.parametrize(
    ("values", "state", "reason"),
    [
        ({}, "not_checked", "test_bank"),
        ({"payment_provider": "none"}, "not_checked", "none_in_development"),
        (PRODUCTION, "warning", "none"),
        (PRODUCTION | {"payment_provider": "test"}, "failure", "bad"),
        ({"payment_provider": "stripe"}, "failure", "bad"),
        ({"payment_provider": "portone", "payment_keys": "x"}, "failure", "bad"),
        (
            PRODUCTION | {"payment_provider": "stripe", "payment_keys": "sk_test_x whsec_x"},
            "failure",
            "bad",
        ),
    ],
)
def test_what_the_settings_alone_say(values: dict[str, Any], state: str, reason: str) -> None:
    found = check_payments(Settings().replace(**values))
    assert (found.check, found.state, found.reason) == ("payments", state, reason)


async def checked(settings: Settings) -> Finding:
    return await asyncio.to_thread(check_payments, settings)


@pytest.fixture(params=list(PROVIDERS))
async def asked(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Settings, Double]]:
    """The settings of a production server whose provider is a double."""
    make, keys = PROVIDERS[request.param]
    async with make().serve() as double:
        yield (
            Settings().replace(
                payment_provider=request.param, payment_keys=f"{keys} {double.url}",
                mode="production", public_url="https://tickets.test",
            ),
            double,
        )  # fmt: skip


@pytest.fixture
def at_its_own_address(
    asked: tuple[Settings, Double], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Settings]:
    """The same settings, as if the double were at the provider's own address."""
    given, _ = asked

    def replaced(**values: Any) -> Settings:
        reached = given.replace(**values)
        monkeypatch.setattr("yemae.doctor.payments.provider_of", lambda _: provider_of(reached))
        without = reached.payments.payment_keys.rpartition(" ")[0]
        return reached.replace(payment_keys=without)

    return replaced


async def test_keys_that_are_taken_are_fine_and_the_webhooks_address_is_named(
    asked: tuple[Settings, Double], at_its_own_address: Callable[..., Settings]
) -> None:
    found = await checked(at_its_own_address())
    name = asked[0].payment_provider()
    assert (found.state, found.reason) == ("ok", "live")
    assert f"https://tickets.test/v1/hooks/{name}" in found.says
    assert (await checked(at_its_own_address(public_url=""))).reason == "no_url"


async def test_keys_with_which_no_money_moves_are_no_failure_in_development(
    asked: tuple[Settings, Double], at_its_own_address: Callable[..., Settings]
) -> None:
    keys = asked[0].payments.payment_keys.replace("sk_live_", "sk_test_")
    test_mode = at_its_own_address(mode="development", payment_keys=keys)
    assert (await checked(test_mode)).reason == "test_mode"


async def test_another_address_than_the_provider_s_is_a_warning(
    asked: tuple[Settings, Double],
) -> None:
    found = await checked(asked[0])
    assert (found.state, found.reason) == ("warning", "elsewhere")


async def test_wrong_keys_are_a_failure_without_the_keys(asked: tuple[Settings, Double]) -> None:
    settings, _ = asked
    keys = settings.payments.payment_keys
    wrong = keys.replace("sk_live_", "sk_live_wrong").replace("secret-of", "wrong-secret")
    found = await checked(settings.replace(payment_keys=wrong))
    assert (found.state, found.reason) == ("failure", "refused")
    assert "wrong" not in found.says
