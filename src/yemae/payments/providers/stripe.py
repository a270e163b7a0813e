"""Stripe: the fan pays on a page of Stripe (a Checkout Session), and we capture.

The session has our checkout's id as its reference, and the payment intent has it as metadata, so
that refunds, disputes and the list find it. Nothing is captured before `confirm`. Stripe answers an
idempotency key for a day as it did first, also when that was a failure, and then forgets it. What
was asked before is therefore read first, and a key of a refund is as short-lived as a call.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from yemae.payments.provider import (
    DISPUTE_LOST,
    Charge,
    Disputed,
    Found,
    GivenBack,
    GivenBackState,
    PageParameters,
    RefusedError,
    Settlement,
    Started,
    UnclearError,
)
from yemae.payments.providers.keys import VARIABLE, Keys, read_keys
from yemae.payments.providers.stripe_calls import StripeCalls, read_event
from yemae.payments.providers.stripe_shapes import (
    OURS,
    REFUND,
    StripeIntent,
    StripeSession,
    disputed,
    from_stripe,
    given_back,
    of_intent,
    takes_all_of,
    to_stripe,
)
from yemae.settings import Settings, SettingsError
from yemae.values.ids import uuid_or_none

CALL_S = 15.0
# Longer than a call, so that one that is still on its way is not made twice.
KEY_S = 600
# A session shows one line: what is sold is on the order's own page.
LINE = "티켓 · Tickets"
SECRET, RESTRICTED = "sk_", "rk_"
TEST_KEYS = ("sk_test_", "rk_test_")
NO_FUNDS = ("balance_insufficient", "insufficient_funds")


def keys_of(settings: Settings) -> Keys:
    """The keys of the settings. Raises SettingsError, also for keys of Stripe's test mode in
    production, whose cards cost nothing, and for a currency that Stripe cannot take whole."""
    keys = read_keys(settings, [(SECRET, RESTRICTED)])
    if settings.server.mode == "production" and keys.named[SECRET].startswith(TEST_KEYS):
        raise SettingsError(
            f"{VARIABLE} has a key of Stripe's test mode, which cannot be used in production: "
            "every test card pays."
        )
    if not takes_all_of(settings.sale.currency):
        raise SettingsError(
            f"YEMAE_CURRENCY={settings.sale.currency!r} cannot be paid through stripe, which does "
            "not take every amount of it."
        )
    return keys


class StripeProvider:
    """Stripe, as the server sees it."""

    name = "stripe"
    methods: tuple[str, ...] = ("card",)
    page: PageParameters | None = None

    def __init__(
        self,
        keys: Keys,
        api_url: str = "",
        timeout_s: float = CALL_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`api_url` is where its API is, if not at Stripe."""
        self._clock = clock
        self._secrets = keys.webhook_secrets
        self.moves_money = not keys.named[SECRET].startswith(TEST_KEYS)
        self._calls = StripeCalls(keys.named[SECRET], api_url, timeout_s)

    @classmethod
    def of(cls, settings: Settings) -> "StripeProvider":
        """Stripe with the keys of the settings. Raises SettingsError."""
        return cls(keys_of(settings), settings.payments.api_url())

    async def close(self) -> None:
        """Close its connections."""
        await self._calls.close()

    async def start(self, charge: Charge, return_url: str) -> Started:
        """Make the page. A repeat gets the same one."""
        ours = {OURS: str(charge.id)}
        price = {
            "currency": charge.currency.lower(),
            "unit_amount": to_stripe(charge.amount, charge.currency),
            "product_data": {"name": LINE},
        }
        wanted: dict[str, object] = {
            "mode": "payment",
            "client_reference_id": str(charge.id),
            "metadata": ours,
            "payment_method_types": [charge.method],
            "line_items": [{"quantity": 1, "price_data": price}],
            "payment_intent_data": {"capture_method": "manual", "metadata": ours},
            "success_url": return_url,
            "cancel_url": return_url,
        }
        try:
            made = await self._calls.create_session(wanted, f"{charge.id}:start")
        except RefusedError as error:
            raise UnclearError(str(error)) from error
        if made.url is None:
            raise UnclearError("stripe made a session without a page")
        return Started(made.url, made.id)

    async def confirm(self, charge: Charge) -> Found:
        """Capture. A payment of another amount than was asked for is voided instead."""
        session = await self._session(charge)
        intent = session.payment_intent if session else None
        if intent is None or intent.status != "requires_capture":
            return _found(charge, session)
        if not _is_asked(charge, intent):
            await self._void(intent)
            return Found("declined", reason="amount_differs")
        try:
            return of_intent(await self._calls.capture(intent.id))
        except RefusedError as error:
            if error.status == 402:
                return Found("declined", reason=error.code)
            # It is not to be captured any more: its state says what it is.
            return await self.look_up(charge)

    async def look_up(self, charge: Charge) -> Found:
        """What became of it."""
        return _found(charge, await self._session(charge))

    async def cancel(self, charge: Charge, key: str) -> Found:
        """Void, or give all back."""
        session = await self._session(charge)
        if session is not None and session.status == "open":
            try:
                session = await self._calls.expire_session(session.id)
            except RefusedError:
                # The fan has paid meanwhile.
                session = await self._session(charge)
        intent = session.payment_intent if session else None
        if intent is None:
            return _found(charge, session)
        if intent.status == "succeeded":
            return await self._give_all_back(intent, key)
        if intent.status not in ("canceled", "processing"):
            intent = await self._void(intent)
        return of_intent(intent)

    async def refund(self, charge: Charge, amount: int, key: UUID) -> GivenBack:
        """Give back."""
        session = await self._session(charge)
        if session is None or session.payment_intent is None:
            raise UnclearError("stripe does not know the charge of a refund")
        return await self._refund(session.payment_intent, amount, str(key))

    async def refunds(self, charge: Charge) -> list[GivenBack]:
        """All that went back of it."""
        session = await self._session(charge)
        if session is None or session.payment_intent is None:
            return []
        made = await self._calls.refunds(session.payment_intent.id)
        lost = [
            GivenBack(None, each.reference, each.amount, "settled", DISPUTE_LOST)
            for each in await self.disputes(charge)
            if each.state == "lost" and each.amount
        ]
        return [*map(given_back, made), *lost]

    async def disputes(self, charge: Charge) -> list[Disputed]:
        """All disputes of it, and the questions of card companies that come before them."""
        session = await self._session(charge)
        if session is None or session.payment_intent is None:
            return []
        return [disputed(each) for each in await self._calls.disputes(session.payment_intent.id)]

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> UUID | None:
        """The charge of a webhook. Raises SignatureError. A dispute, and a refund of the dashboard,
        name the payment intent only."""
        about = read_event(body, headers.get("stripe-signature", ""), self._secrets).data.object
        found = about.client_reference_id or (about.metadata or {}).get(OURS, "")
        if not found and about.payment_intent:
            try:
                found = (await self._calls.intent(about.payment_intent)).metadata.get(OURS, "")
            except RefusedError:
                return None
        return uuid_or_none(found)

    async def settlements(self, since: datetime, until: datetime) -> list[Settlement]:
        """What was captured of what was begun in a time. A charge of another shop with the same
        account is none of ours."""
        listed = await self._calls.intents(int(since.timestamp()), int(until.timestamp()))
        return [
            Settlement(
                checkout_id,
                from_stripe(each.amount_received, each.currency.upper()),
                from_stripe(each.refunded, each.currency.upper()),
                datetime.fromtimestamp(each.created, UTC),
                each.currency.upper(),
                is_disputed=each.latest_charge is not None and each.latest_charge.disputed,
            )
            for each in listed
            if each.status == "succeeded"
            and (checkout_id := uuid_or_none(each.metadata.get(OURS, ""))) is not None
        ]

    async def check(self) -> bool:
        """Read the newest session."""
        await self._calls.check()
        return self.moves_money

    async def _session(self, charge: Charge) -> StripeSession | None:
        """The session of a charge; None: no fan was sent there, so nothing is paid there."""
        if charge.reference is None:
            return None
        try:
            found = await self._calls.session(charge.reference)
        except RefusedError as error:
            if error.status == 404:
                return None
            raise UnclearError(str(error)) from error
        if found.client_reference_id != str(charge.id):
            raise UnclearError("stripe's session is that of another checkout")
        return found

    async def _void(self, intent: StripeIntent) -> StripeIntent:
        try:
            return await self._calls.void(intent.id)
        except RefusedError as error:
            raise UnclearError(str(error)) from error

    async def _give_all_back(self, intent: StripeIntent, key: str) -> Found:
        found = of_intent(intent)
        left = found.amount - found.refunded
        if left > 0:
            back = await self._refund(intent, left, key, is_again=True)
            if back.state not in ("settled", "accepted"):
                raise UnclearError(f"stripe gave nothing back: {back.reason}")
        return found._replace(state="cancelled", refunded=found.amount)

    async def _refund(
        self, intent: StripeIntent, amount: int, key: str, *, is_again: bool = False
    ) -> GivenBack:
        """Give back what was not given back with this key; `is_again`: also what was declined."""
        for each in await self._calls.refunds(intent.id):
            known = given_back(each)
            if (each.metadata or {}).get(REFUND) == key and not (
                is_again and known.state == "declined"
            ):
                return known
        wanted: dict[str, object] = {
            "payment_intent": intent.id,
            "amount": to_stripe(amount, intent.currency.upper()),
            "metadata": {**intent.metadata, REFUND: key},
        }
        try:
            turn = int(self._clock() // KEY_S)
            return given_back(await self._calls.refund(wanted, f"{key}:refund:{turn}"))
        except RefusedError as error:
            state: GivenBackState = "no_funds" if error.code in NO_FUNDS else "declined"
            return GivenBack(uuid_or_none(key), None, amount, state, error.code)


def _found(charge: Charge, session: StripeSession | None) -> Found:
    if session is None:
        return Found("unknown")
    intent = session.payment_intent
    if session.status == "open":
        return Found("open")
    if session.status == "expired":
        return Found("cancelled")
    if intent is None or intent.metadata.get(OURS) != str(charge.id):
        raise UnclearError("stripe's session has no payment of ours")
    return of_intent(intent)


def _is_asked(charge: Charge, intent: StripeIntent) -> bool:
    """Whether what the fan has authorised is what was asked for."""
    wanted = (to_stripe(charge.amount, charge.currency), charge.currency, str(charge.id))
    return (intent.amount, intent.currency.upper(), intent.metadata.get(OURS)) == wanted
