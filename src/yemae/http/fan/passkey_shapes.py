"""What requests and answers say of passkeys.

All bytes are base64url without padding. A challenge is signed by the device as the bytes of its
very text.
"""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yemae.accounts.passkeys import Passkey
from yemae.values.instants import Instant, instant, instant_or_none

ChallengeText = Annotated[str, Meta(min_length=1, max_length=2_000)]
CredentialText = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,1400}\Z")]
Base64Text = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,20000}\Z")]
HandleText = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{0,100}\Z")]


class PasskeyBody(msgspec.Struct, frozen=True):
    """A passkey. One that is `synced` is on other devices of its owner as well."""

    id: UUID
    name: str
    synced: bool
    created_at: Instant
    used_at: Instant | None


def shown(each: Passkey) -> PasskeyBody:
    """A passkey as its owner sees it."""
    created_at, used_at = instant(each.created_at), instant_or_none(each.used_at)
    return PasskeyBody(each.id, each.name, each.is_synced, created_at, used_at)


EXAMPLE_PASSKEY = {
    "id": "0199d3b2-6a40-7c11-9d42-5d0f3f7a1b2c",
    "name": "iPhone",
    "synced": True,
    "created_at": "2026-11-20T03:00:00.000Z",
    "used_at": "2026-11-22T03:00:00.000Z",
}
EXAMPLE_CHALLENGE = "eyJhbGciOiJIUzI1NiJ9.eyJmb3IiOiJuZXcifQ.c2lnbmF0dXJl"
EXAMPLE_PARTS = {
    "challenge": EXAMPLE_CHALLENGE,
    "credential_id": "9Ae8XyT2mL0",
    "client_data": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
}
