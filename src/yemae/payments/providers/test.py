"""The client of the test bank (http/test_bank/), over HTTP as that of any other provider.

The bank moves no money. Its payment page offers every way in which a provider may behave, so that
development, rehearsals and tests meet each answer, and none.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeVar
from uuid import UUID

import msgspec

from yemae.base.signing import key_for
from yemae.base.web_client import NoAnswerError, WebAnswer, WebClient
from yemae.payments.provider import (
    Charge,
    ChargeState,
    Disputed,
    Found,
    GivenBack,
    GivenBackState,
    PageParameters,
    Settlement,
    SignatureError,
    Started,
    UnclearError,
)
from yemae.settings import Settings

NAME = "test"
# Names of the bank's protocol; http/test_bank/ has the other side.
SIGNATURE = "test-bank-signature"
KEY_OF_CALLS, KEY_OF_WEBHOOKS = "calls of the test bank", "webhooks of the test bank"
CALL_S = 10.0
# As many calls as may be under way at once; each has a connection.
CONNECTIONS_MAX = 1_024
Kind = TypeVar("Kind")
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared only


class BankCharge(msgspec.Struct, frozen=True):
    """A charge as the bank shows it."""

    id: UUID
    state: Literal["open", "authorised", "captured", "declined", "cancelled"]
    currency: str
    captured: int
    refunded: int
    reason: str | None
    captured_at: datetime | None = None


class BankStarted(msgspec.Struct, frozen=True):
    """Where a fan pays."""

    page: str


class BankRefund(msgspec.Struct, frozen=True):
    """Money that goes back, as the bank shows it; the key is what it was asked for with."""

    key: str
    amount: int
    state: GivenBackState
    reason: str | None = None


class BankWebhook(msgspec.Struct, frozen=True):
    """Something happened to a charge."""

    charge: UUID


class BankClient:
    """The test bank, as the server sees it."""

    name = NAME
    methods: tuple[str, ...] = ("card",)
    page: PageParameters | None = None
    moves_money = False

    def __init__(
        self, url: str, secret_key: str, timeout_s: float = CALL_S, bank_url: str = ""
    ) -> None:
        """`url` is where this server reaches itself, and `bank_url` the bank, if it is no part of
        it."""
        self._bank_url = bank_url.rstrip("/")
        self._url = f"{self._bank_url or url.rstrip('/')}/test-bank/charges"
        self._hook = f"{url.rstrip('/')}/v1/hooks/{NAME}"
        self._headers = {
            "Authorization": f"Bearer {key_for(secret_key, KEY_OF_CALLS).hex()}",
            "Content-Type": "application/json",
        }
        self._webhook_key = key_for(secret_key, KEY_OF_WEBHOOKS)
        self._web = WebClient(timeout_s, CONNECTIONS_MAX)

    @classmethod
    def of(cls, settings: Settings) -> "BankClient":
        """The bank at the server's own address, whatever fans call that, or at its own."""
        server = settings.server
        host = WILDCARDS.get(server.host, server.host)
        own = f"http://[{host}]:{server.port}" if ":" in host else f"http://{host}:{server.port}"
        bank_url = settings.payments.api_url()
        return cls(own, settings.stores.secret_key, bank_url=bank_url)

    async def close(self) -> None:
        """Close its connections."""
        await self._web.close()

    async def start(self, charge: Charge, return_url: str) -> Started:
        """Register the charge."""
        answer = await self._post(
            "",
            {
                "id": str(charge.id),
                "amount": charge.amount,
                "currency": charge.currency,
                "return_url": return_url,
                "hook_url": self._hook,
            },
        )
        started = _read(answer, BankStarted, 201)
        return Started(self._bank_url + started.page, reference=f"bank-{charge.id}")

    async def confirm(self, charge: Charge) -> Found:
        """Capture."""
        return _found(await self._post(f"/{charge.id}/confirm", {}))

    async def look_up(self, charge: Charge) -> Found:
        """What became of it."""
        return _found(await self._ask("GET", f"/{charge.id}"))

    async def cancel(self, charge: Charge, key: str) -> Found:
        """Void, or give all back."""
        return _found(await self._post(f"/{charge.id}/cancel", {"key": key}))

    async def refund(self, charge: Charge, amount: int, key: UUID) -> GivenBack:
        """Give back."""
        wanted = {"amount": amount, "key": str(key)}
        return _given_back(
            _read(await self._post(f"/{charge.id}/refunds", wanted), BankRefund, 200)
        )

    async def refunds(self, charge: Charge) -> list[GivenBack]:
        """All that went back of it."""
        listed = await self._ask("GET", f"/{charge.id}/refunds")
        return [_given_back(each) for each in _read(listed, list[BankRefund], 200)]

    async def disputes(self, charge: Charge) -> list[Disputed]:  # noqa: ARG002 - of the protocol
        """It has none."""
        return []

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> UUID | None:
        """The charge of a webhook. Raises SignatureError."""
        wanted = hmac.new(self._webhook_key, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted.encode(), headers.get(SIGNATURE, "").encode()):
            raise SignatureError
        try:
            return msgspec.json.decode(body, type=BankWebhook).charge
        except msgspec.MsgspecError:
            return None

    async def settlements(self, since: datetime, until: datetime) -> list[Settlement]:
        """What was captured in a time."""
        listed = _read(await self._ask("GET", ""), list[BankCharge], 200)
        return [
            Settlement(each.id, each.captured, each.refunded, each.captured_at, each.currency)
            for each in listed
            if each.captured_at is not None and since <= each.captured_at < until
        ]

    async def check(self) -> bool:
        """It moves no money."""
        _read(await self._ask("GET", ""), list[BankCharge], 200)
        return False

    async def _post(self, path: str, body: Mapping[str, object]) -> WebAnswer:
        return await self._ask("POST", path, msgspec.json.encode(body))

    async def _ask(self, method: str, path: str, body: bytes = b"") -> WebAnswer:
        try:
            return await self._web.ask(method, self._url + path, self._headers, body)
        except NoAnswerError as error:
            raise UnclearError(str(error)) from error


def _found(answer: WebAnswer) -> Found:
    if answer.status == 404:
        return Found("unknown")
    charge = _read(answer, BankCharge, 200)
    state: ChargeState = charge.state
    return Found(state, charge.captured, charge.currency, charge.reason, charge.refunded)


def _given_back(refund: BankRefund) -> GivenBack:
    try:
        key = UUID(refund.key)
    except ValueError:
        key = None
    return GivenBack(key, f"bank-{refund.key}", refund.amount, refund.state, refund.reason)


def _read(answer: WebAnswer, kind: type[Kind], status: int) -> Kind:
    if answer.status != status:
        raise UnclearError(f"the test bank answered {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except msgspec.MsgspecError as error:
        raise UnclearError(f"the test bank answered what cannot be read: {error}") from error
