"""Signatures of webhooks, by the Standard Webhooks specification (standardwebhooks.com). Pure.

A secret follows from the server's key, the endpoint and the number of its rotation, so that none is
stored. For a day after a rotation, requests are signed with the secret of before as well.
"""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from yemae.base.signing import key_for

PREFIX = "whsec_"
OVERLAP = timedelta(days=1)


def secret(server_key: str, endpoint_id: UUID, number: int) -> str:
    """The secret of an endpoint as its receiver keeps it."""
    key = key_for(server_key, f"webhooks to {endpoint_id}, secret {number}")
    return PREFIX + base64.b64encode(key).decode()


def secrets(
    server_key: str, endpoint_id: UUID, number: int, rotated_at: datetime | None, now: datetime
) -> list[str]:
    """The secrets that sign now, the newest first."""
    overlaps = rotated_at is not None and now < rotated_at + OVERLAP
    numbers = [number, number - 1] if overlaps else [number]
    return [secret(server_key, endpoint_id, each) for each in numbers]


def headers(event_id: UUID, now: datetime, body: str, signed_with: list[str]) -> dict[str, str]:
    """The headers of a request."""
    at_s = int(now.timestamp())
    signed = f"{event_id}.{at_s}.{body}".encode()
    signatures = [_signature(signed, each) for each in signed_with]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Yemae-Webhooks",
        "webhook-id": str(event_id),
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(signatures),
    }


def _signature(signed: bytes, secret_text: str) -> str:
    key = base64.b64decode(secret_text.removeprefix(PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
