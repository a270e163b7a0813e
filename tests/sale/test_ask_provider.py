"""What a provider is asked, in which order, and what counts as an answer."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from yemae.payments.checkout import Checkout
from yemae.payments.provider import Charge, ChargeState, Found, GivenBack, Provider, UnclearError
from yemae.payments.refunds import Refund
from yemae.sale import ask_provider

NOW = datetime(2026, 11, 29, tzinfo=UTC)
CHARGE = Charge(uuid4(), 50_000, "KRW", "card")


class Asked:
    """A provider that notes what it is asked. It knows a charge in one state, and these refunds."""

    name = "noting"

    def __init__(self, state: ChargeState = "authorised", refunds: tuple[UUID, ...] = ()) -> None:
        self.calls: list[str] = []
        self._state = state
        self._refunds = refunds

    async def look_up(self, charge: Charge) -> Found:
        """The charge as it is."""
        self.calls.append("look_up")
        return Found(self._state, charge.amount)

    async def confirm(self, charge: Charge) -> Found:
        """Captured."""
        self.calls.append("confirm")
        return Found("captured", charge.amount)

    async def refunds(self, charge: Charge) -> list[GivenBack]:
        """Those that it was asked for before."""
        self.calls.append("refunds")
        return [GivenBack(key, "earlier", charge.amount, "settled") for key in self._refunds]

    async def refund(self, _charge: Charge, amount: int, key: UUID) -> GivenBack:
        """A new one."""
        self.calls.append("refund")
        return GivenBack(key, "new", amount, "settled")


def checkout(attempts: int) -> Checkout:
    """A checkout that was captured so often before."""
    return Checkout(
        id=CHARGE.id, user_id="ann", order_id=uuid4(), concert_id="hall", pass_number=1,
        provider="noting", method="card", amount=CHARGE.amount, currency="KRW", state="in_doubt",
        reason=None, reference=None, redirect_url=None, terms=None, idempotency_key=None,
        created_at=NOW, expires_at=NOW + timedelta(minutes=5), attempts=attempts,
    )  # fmt: skip


def refund(attempts: int) -> Refund:
    """A refund of which this is the attempt of that number."""
    return Refund(
        id=uuid4(), order_id=uuid4(), cancellation_id=None, amount=1_000, destination="checkout",
        checkout_id=CHARGE.id, state="pending", reason=None, requested_by="ann", created_at=NOW,
        settled_at=None, attempts=attempts,
    )  # fmt: skip


async def captured(provider: Asked, attempts: int) -> Found:
    return await ask_provider.capture(cast("Provider", provider), checkout(attempts))


async def test_a_first_capture_is_asked_for_at_once() -> None:
    provider = Asked()
    assert (await captured(provider, 0)).state == "captured"
    assert provider.calls == ["confirm"]


async def test_a_later_capture_looks_first_at_what_became_of_the_one_before() -> None:
    provider = Asked()
    assert (await captured(provider, 1)).state == "captured"
    assert provider.calls == ["look_up", "confirm"]


@pytest.mark.parametrize("state", ["captured", "cancelled", "declined", "open", "unknown"])
async def test_a_charge_that_was_decided_before_is_not_captured_again(state: ChargeState) -> None:
    provider = Asked(state)
    assert (await captured(provider, 1)).state == state
    assert provider.calls == ["look_up"]


async def test_a_first_refund_is_asked_for_at_once_and_a_later_one_is_looked_for() -> None:
    first, second, known = refund(1), refund(2), refund(2)
    provider = Asked(refunds=(uuid4(), known.id))
    asked = cast("Provider", provider)
    assert (await ask_provider.give_back(asked, CHARGE, first)).reference == "new"
    assert provider.calls == ["refund"]
    assert (await ask_provider.give_back(asked, CHARGE, second)).reference == "new"
    assert (await ask_provider.give_back(asked, CHARGE, known)).reference == "earlier"
    assert provider.calls == ["refund", "refunds", "refund", "refunds"]


async def unclear() -> Found:
    """An answer that says nothing."""
    raise UnclearError("no answer")


async def failing() -> Found:
    """A fault of ours or of an SDK."""
    raise RuntimeError("broken")


async def never() -> Found:
    """No answer."""
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize("call", [unclear, failing, never])
async def test_what_gives_no_answer_is_counted_and_is_none(
    call: Callable[[], Awaitable[Found]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask_provider, "CALLS_S", 0.01)
    labels = {"provider": "noting"}
    name = "yemae_checkouts_unclear_total"
    before = REGISTRY.get_sample_value(name, labels) or 0.0
    assert await ask_provider.answer_of(cast("Provider", Asked()), call()) is None
    assert REGISTRY.get_sample_value(name, labels) == before + 1
