"""Stripe's API by its own SDK: each call as a function that gives what we read of the answer.

Always holds: a call gives an answer, raises RefusedError when Stripe has refused, or UnclearError.
No text of these has a key in it.
"""

import logging
from collections.abc import Awaitable
from typing import Any, TypeVar

import msgspec
import stripe
from stripe import StripeClient

from yemae.payments.provider import RefusedError, SignatureError, UnclearError
from yemae.payments.providers.stripe_shapes import (
    StripeDispute,
    StripeEvent,
    StripeIntent,
    StripeRefund,
    StripeSession,
)

LISTED_AT_ONCE = 100
OF_SESSION = {"expand": ["payment_intent.latest_charge"]}
# What Stripe keeps with a key; 502 and 503 are of what is between.
SERVER_ERROR = 500
OF_INTENT = {"expand": ["latest_charge"]}
Kind = TypeVar("Kind")


class StripeFailedError(UnclearError):
    """Stripe has answered that it failed, and answers so again for as long as it keeps the key."""


class StripeCalls:
    """A client with a time limit for each call."""

    def __init__(self, secret: str, api_url: str, timeout_s: float) -> None:
        for library in ("stripe", "httpx"):
            # They log each call, and in errors what Stripe says of a key.
            logging.getLogger(library).setLevel(logging.WARNING)
        self._http = stripe.HTTPXClient(timeout=timeout_s)
        # Retries are not the SDK's: each one first reads what the call before it has done.
        client = StripeClient(
            secret,
            base_addresses={"api": api_url} if api_url else None,
            http_client=self._http,
            max_network_retries=0,
        )
        self._sessions, self._intents = client.v1.checkout.sessions, client.v1.payment_intents
        self._refunds, self._disputes = client.v1.refunds, client.v1.disputes

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close_async()  # type: ignore[no-untyped-call]

    async def create_session(self, values: dict[str, object], key: str) -> StripeSession:
        """A page on which a fan pays; a repeat of the key gets the same one. Once more with another
        key where Stripe has failed: no fan has seen the page of the first one."""
        try:
            return await self._new_session(values, key)
        except StripeFailedError:
            return await self._new_session(values, f"{key}:again")

    async def _new_session(self, values: dict[str, object], key: str) -> StripeSession:
        options: Any = {"idempotency_key": key}
        given: Any = values
        return await _answer(self._sessions.create_async(given, options), StripeSession)

    async def session(self, session_id: str) -> StripeSession:
        """A page as it is."""
        call = self._sessions.retrieve_async(session_id, OF_SESSION)  # type: ignore[arg-type]
        return await _answer(call, StripeSession)

    async def expire_session(self, session_id: str) -> StripeSession:
        """Close a page on which nothing was paid."""
        call = self._sessions.expire_async(session_id, OF_SESSION)  # type: ignore[arg-type]
        return await _answer(call, StripeSession)

    async def intent(self, intent_id: str) -> StripeIntent:
        """A payment as it is."""
        call = self._intents.retrieve_async(intent_id, OF_INTENT)  # type: ignore[arg-type]
        return await _answer(call, StripeIntent)

    async def capture(self, intent_id: str) -> StripeIntent:
        """Capture what was authorised: Stripe does it once."""
        call = self._intents.capture_async(intent_id, OF_INTENT)  # type: ignore[arg-type]
        return await _answer(call, StripeIntent)

    async def void(self, intent_id: str) -> StripeIntent:
        """Give an authorisation back."""
        call = self._intents.cancel_async(intent_id, OF_INTENT)  # type: ignore[arg-type]
        return await _answer(call, StripeIntent)

    async def intents(self, since_s: int, until_s: int) -> list[StripeIntent]:
        """All payments that were begun in a time."""
        values: Any = {
            "created": {"gte": since_s, "lt": until_s},
            "expand": ["data.latest_charge"],
            "limit": LISTED_AT_ONCE,
        }
        return await _all(self._intents.list_async(values), StripeIntent)

    async def disputes(self, intent_id: str) -> list[StripeDispute]:
        """All disputes of a payment."""
        values: Any = {"payment_intent": intent_id, "limit": LISTED_AT_ONCE}
        return await _all(self._disputes.list_async(values), StripeDispute)

    async def check(self) -> None:
        """Ask for anything."""
        values: Any = {"limit": 1}
        try:
            await self._intents.list_async(values)
        except stripe.StripeError as error:
            raise _unclear(error) from None

    async def refund(self, values: dict[str, object], key: str) -> StripeRefund:
        """Give back; a repeat of the key within a day is answered as before."""
        options: Any = {"idempotency_key": key}
        given: Any = values
        return await _answer(self._refunds.create_async(given, options), StripeRefund)

    async def refunds(self, intent_id: str) -> list[StripeRefund]:
        """All refunds of a payment."""
        values: Any = {"payment_intent": intent_id, "limit": LISTED_AT_ONCE}
        return await _all(self._refunds.list_async(values), StripeRefund)


def read_event(body: bytes, signature: str, secrets: tuple[str, ...]) -> StripeEvent:
    """A webhook that one of these secrets has signed within five minutes. Raises SignatureError."""
    if not signature.isascii():
        raise SignatureError  # The SDK compares texts, and cannot compare this one.
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(
                body, signature, secret, stripe.Webhook.DEFAULT_TOLERANCE
            )
            return msgspec.json.decode(body, type=StripeEvent)
        except (stripe.SignatureVerificationError, msgspec.MsgspecError, UnicodeDecodeError):
            continue
    raise SignatureError


async def _answer(call: Awaitable[Any], kind: type[Kind]) -> Kind:
    try:
        return msgspec.convert((await call).to_dict(), kind)
    except (stripe.CardError, stripe.InvalidRequestError) as error:
        raise RefusedError(error.code or "refused", error.http_status) from None
    except stripe.StripeError as error:
        raise _unclear(error) from None
    except msgspec.ValidationError as error:
        raise UnclearError(f"stripe answered what cannot be read: {error}") from error


async def _all(call: Awaitable[Any], kind: type[Kind]) -> list[Kind]:
    """Every page of a list."""
    try:
        return [
            msgspec.convert(each.to_dict(), kind) async for each in (await call).auto_paging_iter()
        ]
    except stripe.StripeError as error:
        raise _unclear(error) from None
    except msgspec.ValidationError as error:
        raise UnclearError(f"stripe answered what cannot be read: {error}") from error


def _unclear(error: stripe.StripeError) -> UnclearError:
    """Without its text, which may have a part of the key."""
    kind = StripeFailedError if error.http_status == SERVER_ERROR else UnclearError
    return kind(f"stripe: {type(error).__name__} {error.http_status or ''}".rstrip())
