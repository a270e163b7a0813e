"""What the bank is asked when a checkout is looked up, and what it is not asked."""

import pytest

from helpers.bank import Bank, impatient
from helpers.checkouts import Payer
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.http.test_bank.charges import Behaviour
from yemae.jobs.look_up_checkouts import look_up_checkouts
from yemae.payments.checkout import Checkout
from yemae.payments.provider import Charge, Found
from yemae.payments.providers.test import BankClient
from yemae.runtime import Runtime
from yemae.sale.checkout import own_checkout

MINUTE_S = 60.0


class Recorder(BankClient):
    """A client of the bank that remembers what it asked."""

    asked: list[str]

    async def confirm(self, charge: Charge) -> Found:
        """Note it and ask."""
        self.asked.append("confirm")
        return await super().confirm(charge)

    async def look_up(self, charge: Charge) -> Found:
        """Note it and ask."""
        self.asked.append("look up")
        return await super().look_up(charge)

    async def cancel(self, charge: Charge, key: str) -> Found:
        """Note it and ask."""
        self.asked.append("cancel")
        return await super().cancel(charge, key)


@pytest.fixture
def asked(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the bank is asked from now on."""
    asked: list[str] = []
    monkeypatch.setattr(Recorder, "asked", asked, raising=False)
    monkeypatch.setattr(runtime.provider, "__class__", Recorder)
    return asked


async def kept(payer: Payer, checkout: Checkout) -> Checkout:
    return await own_checkout(payer.runtime, payer.user_id, checkout.id)


async def test_a_fan_who_is_still_at_the_bank_s_page_is_left_in_peace(
    payer: Payer, asked: list[str]
) -> None:
    order = await payer.hold_inside("1")
    checkout = await payer.begin(order)
    for _ in range(2):
        travel(payer.runtime, MINUTE_S + 1)
        assert await look_up_checkouts(payer.runtime) == 1
    assert asked == ["look up", "look up"]
    after = await kept(payer, checkout)
    assert after.look_at is not None
    assert after._replace(look_at=checkout.look_at) == checkout
    await payer.release(order.id)


@pytest.mark.parametrize(("behaviour", "state"), [("accept", "captured"), ("decline", "declined")])
async def test_a_fan_who_did_not_come_back_from_the_page_is_settled(
    payer: Payer, bank: Bank, asked: list[str], behaviour: Behaviour, state: str
) -> None:
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id, behaviour)
    travel(payer.runtime, MINUTE_S + 1)
    assert await look_up_checkouts(payer.runtime) == 1
    assert asked == ["look up", "confirm"]
    assert (await kept(payer, checkout)).state == state
    await assert_reconciled(payer.runtime)


async def test_what_was_asked_before_is_settled_without_a_look_of_its_own(
    payer: Payer, bank: Bank, asked: list[str]
) -> None:
    checkout = await payer.begin(await payer.hold_inside("1"))
    await bank.choose(checkout.id, "time_out")
    assert (await impatient(payer.runtime, bank, checkout.id)).state == "in_doubt"
    travel(payer.runtime, MINUTE_S + 1)
    assert await look_up_checkouts(payer.runtime) == 1
    assert asked == ["look up"]
    assert (await kept(payer, checkout)).state == "captured"


async def test_a_page_that_was_left_is_void_without_being_captured(
    payer: Payer, asked: list[str]
) -> None:
    checkout = await payer.begin(await payer.hold_inside("1"))
    travel(payer.runtime, payer.runtime.settings.sale.hold_ttl_s)
    assert await look_up_checkouts(payer.runtime) == 1
    assert asked == ["cancel"]
    assert (await kept(payer, checkout)).state == "cancelled"
