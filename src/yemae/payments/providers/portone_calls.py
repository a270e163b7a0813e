"""PortOne's API (V2) by its own SDK: each call as a function that gives what we read of the answer.

Always holds: a call gives an answer, raises RefusedError when PortOne has refused, or UnclearError.
No text of these has a key in it.
"""

import json
import logging
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar

import httpx
from portone_server_sdk import errors, webhook
from portone_server_sdk.common import PageInput
from portone_server_sdk.payment import (
    CancelledPayment,
    FailedPayment,
    FailedPaymentCancellation,
    PaidPayment,
    PartialCancelledPayment,
    PaymentClient,
    PaymentFilterInput,
    PayPendingPayment,
    ReadyPayment,
    RequestedPaymentCancellation,
    SucceededPaymentCancellation,
    VirtualAccountIssuedPayment,
)

from yemae.payments.provider import GivenBackState, RefusedError, SignatureError, UnclearError

API_URL = "https://api.portone.io"
LISTED_AT_ONCE = 100
# `unpaid`: also after an attempt that failed, because the fan may try again on the same page.
PaymentState = Literal["unpaid", "processing", "paid", "cancelled"]
STATES: Mapping[type[Any], PaymentState] = {
    ReadyPayment: "unpaid", FailedPayment: "unpaid", VirtualAccountIssuedPayment: "unpaid",
    PayPendingPayment: "processing", PaidPayment: "paid", PartialCancelledPayment: "paid",
    CancelledPayment: "cancelled",
}  # fmt: skip
BACK: Mapping[type[Any], GivenBackState] = {
    SucceededPaymentCancellation: "settled", RequestedPaymentCancellation: "accepted",
    FailedPaymentCancellation: "declined",
}  # fmt: skip
Kind = TypeVar("Kind")


class PortOneCancellation(NamedTuple):
    """Money that goes back; the reason is what it was asked for with."""

    id: str
    amount: int
    state: GivenBackState
    reason: str


class PortOnePayment(NamedTuple):
    """A payment. `channel` is the key of the channel that the fan has paid through."""

    id: str
    state: PaymentState
    store: str
    channel: str | None
    is_live: bool
    total: int
    cancelled: int
    currency: str
    requested_at: datetime
    cancellations: tuple[PortOneCancellation, ...]


class PortOneCalls:
    """A client of one store."""

    def __init__(self, secret: str, store: str, api_url: str) -> None:
        for library in ("httpx", "httpcore"):
            # They log each call.
            logging.getLogger(library).setLevel(logging.WARNING)
        self._client = PaymentClient(secret=secret, base_url=api_url or API_URL, store_id=store)

    async def close(self) -> None:
        """Close every connection; the SDK has no call for that."""
        await self._client._async_client.aclose()  # noqa: SLF001

    async def register(self, payment_id: str, amount: int, currency: str) -> None:
        """Fix the amount of a payment before its page opens: PortOne refuses any other."""
        await _clear(
            self._client.pre_register_payment_async(
                payment_id=payment_id, total_amount=amount, currency=currency
            )
        )

    async def payment(self, payment_id: str) -> PortOnePayment | None:
        """A payment as it is; None: no fan has opened its page."""
        try:
            return _read(await _clear(self._client.get_payment_async(payment_id=payment_id)))
        except RefusedError as error:
            if error.code == "PaymentNotFoundError":
                return None
            raise UnclearError(str(error)) from error

    async def cancel(self, payment: PortOnePayment, amount: int, reason: str) -> None:
        """Give back, if what is left is still what we have read."""
        await _clear(
            self._client.cancel_payment_async(
                payment_id=payment.id,
                amount=amount,
                reason=reason,
                current_cancellable_amount=payment.total - payment.cancelled,
            )
        )

    async def payments(self, store: str, since: datetime, until: datetime) -> list[PortOnePayment]:
        """All payments of a store that were begun in a time."""
        wanted = PaymentFilterInput(
            store_id=store,
            timestamp_type="CREATED_AT",
            from_=since.isoformat(),
            until=until.isoformat(),
        )
        found: list[PortOnePayment] = []
        number = 0
        while True:
            page = PageInput(number=number, size=LISTED_AT_ONCE)
            said = await _clear(self._client.get_payments_async(page=page, filter=wanted))
            found += [_read(each) for each in said.items]
            number += 1
            if not said.items or number * LISTED_AT_ONCE >= said.page.total_count:
                return found


def read_payment_id(headers: Mapping[str, str], body: bytes, secrets: tuple[str, ...]) -> str:
    """The payment of a webhook that one of these secrets has signed within five minutes; empty: it
    is about something else. Raises SignatureError."""
    for secret in secrets:
        try:
            webhook.verify(secret, body.decode(), headers)
            data = json.loads(body).get("data", {})
            return str(data.get("paymentId", ""))
        except (webhook.WebhookVerificationError, webhook.InvalidInputError):
            continue
        except (ValueError, AttributeError):
            # Not text, or no object: nothing that PortOne sends.
            continue
    raise SignatureError


async def _clear(call: Awaitable[Kind]) -> Kind:
    try:
        return await call
    except (
        errors.UnauthorizedError,
        errors.UnknownError,
        errors.PgProviderError,
        errors.CancellableAmountConsistencyBrokenError,
    ) as error:
        # Nothing to rely on, or another call was quicker: it is read again.
        raise UnclearError(f"portone: {type(error).__name__}") from None
    except errors.PortOneError as error:
        raise RefusedError(type(error).__name__) from None
    except (httpx.HTTPError, ValueError) as error:
        raise UnclearError(f"portone: {type(error).__name__}") from None


def _read(payment: Any) -> PortOnePayment:
    state = STATES.get(type(payment))
    if state is None:
        raise UnclearError(f"portone answered with a {type(payment).__name__}")
    channel = payment.channel
    return PortOnePayment(
        payment.id,
        state,
        payment.store_id,
        channel.key if channel else None,
        channel is not None and channel.type == "LIVE",
        payment.amount.total,
        payment.amount.cancelled,
        payment.currency,
        datetime.fromisoformat(payment.requested_at),
        tuple(
            PortOneCancellation(each.id, each.total_amount, BACK[type(each)], each.reason)
            for each in getattr(payment, "cancellations", None) or ()
            if type(each) in BACK
        ),
    )
