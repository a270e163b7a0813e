"""PortOne (V2): the fan pays in a window of its script, on a page of ours made for that alone.

The payment's id is that of our checkout, and its amount is registered before the page opens. The
money is captured as the fan pays, so `confirm` checks what was paid: the amount, the currency, and
that it came through our channel, which a fan's browser could have been made to change; what came
through another one is given back. PortOne knows no key of a refund, so the refund's id is its
reason, and is looked for before it is asked for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from yemae.payments.provider import (
    Charge,
    ChargeState,
    Disputed,
    Found,
    GivenBack,
    PageParameters,
    RefusedError,
    Settlement,
    Started,
    UnclearError,
)
from yemae.payments.providers.keys import Keys, read_keys
from yemae.payments.providers.portone_calls import (
    PortOneCalls,
    PortOneCancellation,
    PortOnePayment,
    read_payment_id,
)
from yemae.settings import Settings
from yemae.values.ids import uuid_or_none

SECRET, STORE, CHANNEL = "", "store-", "channel-key-"
PAGE = "/pay"
OURS = "yemae "
# The page that a fan has left open can be paid for as long; PortOne cannot close it.
OPEN_MAX = timedelta(hours=1)
WRONG_CHANNEL = "wrong_channel"
NO_PAYMENT = "0" * 32


def keys_of(settings: Settings) -> Keys:
    """The keys of the settings. Raises SettingsError."""
    return read_keys(settings, [(SECRET,), (STORE,), (CHANNEL,)])


class PortOneProvider:
    """PortOne, as the server sees it."""

    name = "portone"
    methods: tuple[str, ...] = ("card",)

    def __init__(self, keys: Keys, api_url: str = "", *, takes_test: bool) -> None:
        """`takes_test`: whether channels that move no money count. `api_url` is where its API is,
        if not at PortOne."""
        self._store, self._channel = keys.named[STORE], keys.named[CHANNEL]
        self._secrets, self._takes_test = keys.webhook_secrets, takes_test
        # Which channels move money is known of payments only.
        self.moves_money = not takes_test
        self._calls = PortOneCalls(keys.named[SECRET], self._store, api_url)
        self.page: PageParameters | None = PageParameters(self._store, self._channel)

    @classmethod
    def of(cls, settings: Settings) -> "PortOneProvider":
        """PortOne with the keys of the settings. Raises SettingsError."""
        api_url = settings.payments.api_url()
        takes_test = settings.server.mode != "production"
        return cls(keys_of(settings), api_url, takes_test=takes_test)

    async def close(self) -> None:
        """Close its connections."""
        await self._calls.close()

    async def start(self, charge: Charge, return_url: str) -> Started:
        """Register the amount. The page of ours knows the path to come back to."""
        name = payment_id(charge.id)
        try:
            await self._calls.register(name, charge.amount, charge.currency)
        except RefusedError as error:
            if error.code != "AlreadyPaidError":
                raise UnclearError(str(error)) from error
        parts = urlsplit(return_url)
        back = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return Started(f"{PAGE}/{charge.id}?{urlencode({'back': back})}", name)

    async def confirm(self, charge: Charge) -> Found:
        """Check what was paid; what came through another channel is given back."""
        payment = await self._calls.payment(payment_id(charge.id))
        if payment is None or payment.state != "paid" or self._is_ours(payment):
            return self._found(payment)
        await self._give_all_back(payment, f"{charge.id}:{WRONG_CHANNEL}")
        return Found("declined", reason=WRONG_CHANNEL)

    async def look_up(self, charge: Charge) -> Found:
        """What became of it."""
        return self._found(await self._calls.payment(payment_id(charge.id)))

    async def cancel(self, charge: Charge, key: str) -> Found:
        """Give all back. What was not paid counts as void only when its page cannot be paid any
        more."""
        payment = await self._calls.payment(payment_id(charge.id))
        if payment is None or payment.state == "unpaid":
            is_over = datetime.now(UTC) - _made_at(charge.id) > OPEN_MAX
            return Found("cancelled" if is_over else "open")
        if payment.state == "processing":
            raise UnclearError("portone is still at it")
        if payment.state == "paid":
            await self._give_all_back(payment, key)
        return Found("cancelled", payment.total, payment.currency, None, payment.total)

    async def refund(self, charge: Charge, amount: int, key: UUID) -> GivenBack:
        """Give back, once for each key."""
        payment = await self._calls.payment(payment_id(charge.id))
        if payment is None:
            raise UnclearError("portone does not know the charge of a refund")
        return await self._refund(payment, amount, str(key))

    async def refunds(self, charge: Charge) -> list[GivenBack]:
        """All that went back of it."""
        payment = await self._calls.payment(payment_id(charge.id))
        return [_given_back(each) for each in payment.cancellations] if payment else []

    async def disputes(self, charge: Charge) -> list[Disputed]:  # noqa: ARG002 - of the protocol
        """Those are decided at the card company, and PortOne does not say for whom."""
        return []

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> UUID | None:
        """The charge of a webhook. Raises SignatureError."""
        return uuid_or_none(read_payment_id(headers, body, self._secrets))

    async def settlements(self, since: datetime, until: datetime) -> list[Settlement]:
        """What was paid of what was begun in a time, through our channel. A payment of another
        shop of the same store is none of ours."""
        listed = await self._calls.payments(self._store, since, until)
        return [
            Settlement(charge_id, each.total, each.cancelled, each.requested_at, each.currency)
            for each in listed
            if each.state in ("paid", "cancelled")
            and self._is_ours(each)
            and (charge_id := uuid_or_none(each.id)) is not None
        ]

    async def check(self) -> bool:
        """Read a payment that is not there."""
        await self._calls.payment(NO_PAYMENT)
        return self.moves_money

    def _is_ours(self, payment: PortOnePayment) -> bool:
        """Whether its money comes to us: our store, our channel, and a channel that moves money."""
        is_right = (payment.store, payment.channel) == (self._store, self._channel)
        return is_right and (payment.is_live or self._takes_test)

    def _found(self, payment: PortOnePayment | None) -> Found:
        """A payment through another channel waits for `confirm`, which gives it back."""
        if payment is None:
            return Found("unknown")
        if payment.state == "unpaid":
            return Found("open")
        if payment.state == "processing":
            raise UnclearError("portone is still at it")
        is_paid = payment.state == "paid"
        if is_paid and not self._is_ours(payment):
            return Found("authorised")
        state: ChargeState = "captured" if is_paid else "cancelled"
        return Found(state, payment.total, payment.currency, None, payment.cancelled)

    async def _give_all_back(self, payment: PortOnePayment, key: str) -> None:
        """An attempt that the card company has refused is made again."""
        left = payment.total - payment.cancelled
        back = await self._refund(payment, left, key, is_again=True)
        if back.state not in ("settled", "accepted"):
            raise UnclearError(f"portone gave nothing back: {back.reason}")

    async def _refund(
        self, payment: PortOnePayment, amount: int, key: str, *, is_again: bool = False
    ) -> GivenBack:
        known = _asked(payment, key)
        if known is not None and not (is_again and known.state == "declined"):
            return _given_back(known)
        try:
            await self._calls.cancel(payment, amount, OURS + key)
        except RefusedError as error:
            return GivenBack(uuid_or_none(key), None, amount, "declined", error.code)
        after = await self._calls.payment(payment.id)
        known = _asked(after, key) if after else None
        if known is None:
            raise UnclearError("portone does not show a refund that it has taken")
        return _given_back(known)


def payment_id(charge_id: UUID) -> str:
    """The id of a payment: without dashes, as some card companies take 32 characters only."""
    return charge_id.hex


def _asked(payment: PortOnePayment, key: str) -> PortOneCancellation | None:
    """What was asked for with this key; one that was declined only if no other attempt was."""
    made = [each for each in payment.cancellations if each.reason == OURS + key]
    return next((each for each in made if each.state != "declined"), made[-1] if made else None)


def _given_back(cancellation: PortOneCancellation) -> GivenBack:
    reason = cancellation.reason
    is_ours = reason.startswith(OURS)
    return GivenBack(
        uuid_or_none(reason.removeprefix(OURS)) if is_ours else None,
        cancellation.id,
        cancellation.amount,
        cancellation.state,
        None if is_ours else reason,
    )


def _made_at(checkout_id: UUID) -> datetime:
    """When a checkout was begun: its id, of version 7, begins with that in milliseconds."""
    return datetime.fromtimestamp((checkout_id.int >> 80) / 1000, UTC)
