"""What a device proves with a passkey (WebAuthn, level 2): that it has made a key for this site, or
that it has that key.

A challenge is a signed token: it says whether it is for a new passkey or for a sign-in, of which
user, and until when, so none is kept before it is used. The device signs the token's very text.
The user is always verified by the device, by finger, face or PIN: a passkey is two factors in one.
Nothing is asked about the maker of the device. The library takes a third of a second to import,
so a process imports it with the first passkey that it reads.
"""

import hashlib
import hmac
import ipaddress
import secrets
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import structlog

from yemae.accounts.passkeys import CHALLENGE_TTL_S, KnownPasskey, NewPasskey
from yemae.base.signing import Signer, key_for

NONCE_BYTES = 16
HANDLE_PURPOSE = "yemae passkey user"
# ES256, Ed25519 and RS256: what authenticators have (RFC 9053, RFC 8812).
ALGORITHMS = (-7, -8, -257)

Wanted = Literal["new", "sign-in"]
log = structlog.get_logger(__name__)


class Relying(NamedTuple):
    """The site that passkeys are for: its domain, and what its pages' addresses begin with."""

    domain: str
    origin: str


class Attestation(NamedTuple):
    """What a device answers that makes a key, each part in base64url."""

    credential_id: str
    client_data: str
    attestation_object: str


class Assertion(NamedTuple):
    """What a device answers that has a key, each part in base64url."""

    credential_id: str
    client_data: str
    authenticator_data: str
    signature: str
    user_handle: str | None


def relying_on(origin: str | None) -> Relying | None:
    """The site of an origin; None where browsers make no passkeys: at an address without a name,
    and by plain HTTP but on this machine. Pure."""
    parts = urlsplit(origin or "")
    host = parts.hostname or ""
    if not host or not origin or (parts.scheme != "https" and host != "localhost"):
        return None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return Relying(host, f"{parts.scheme}://{parts.netloc.lower()}")
    return None


def user_handle(server_key: str, user_id: str) -> bytes:
    """What a device knows a user by, which says nothing about them."""
    return hmac.digest(key_for(server_key, HANDLE_PURPOSE), user_id.encode(), hashlib.sha256)


def challenge(signer: Signer, wanted: Wanted, user_id: str = "") -> str:
    """A new challenge; a sign-in names no user."""
    claims = {"sub": user_id, "exp": int(signer.now()) + CHALLENGE_TTL_S, "for": wanted}
    return signer.sign(claims | {"nonce": secrets.token_urlsafe(NONCE_BYTES)})


def is_good(signer: Signer, text: str, wanted: Wanted, user_id: str = "") -> bool:
    """Whether a challenge is ours, for this and for this user, and not too old."""
    claims = signer.verify(text)
    if claims is None or claims["exp"] <= signer.now():
        return False
    return bool(claims.get("for") == wanted and claims["sub"] == user_id)


def read_new(relying: Relying, challenge_text: str, given: Attestation) -> NewPasskey | None:
    """The key that a device has made for this challenge; None for any other answer."""
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers.structs import CredentialDeviceType  # noqa: PLC0415

    try:
        made = verify_registration_response(
            credential=_as_browsers_write(
                given.credential_id,
                clientDataJSON=given.client_data,
                attestationObject=given.attestation_object,
            ),
            expected_challenge=challenge_text.encode(),
            expected_rp_id=relying.domain,
            expected_origin=relying.origin,
            require_user_verification=True,
        )
    except Exception as error:  # What a client sends reaches parsers, which raise what they like.
        log.info("passkey not read", reason=repr(error))
        return None
    is_synced = made.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    return NewPasskey(made.credential_id, made.credential_public_key, made.sign_count, is_synced)


def read_use(
    relying: Relying, challenge_text: str, known: KnownPasskey, given: Assertion
) -> int | None:
    """How often the device of a passkey has signed, by its answer to this challenge; None for an
    answer that is not that of this passkey, or whose count is not higher than the last one."""
    from webauthn import verify_authentication_response  # noqa: PLC0415

    try:
        used = verify_authentication_response(
            credential=_as_browsers_write(
                given.credential_id,
                clientDataJSON=given.client_data,
                authenticatorData=given.authenticator_data,
                signature=given.signature,
            ),
            expected_challenge=challenge_text.encode(),
            expected_rp_id=relying.domain,
            expected_origin=relying.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        log.info("passkey not taken", reason=repr(error))
        return None
    return used.new_sign_count


def _as_browsers_write(credential_id: str, **response: str) -> dict[str, object]:
    """The JSON of a PublicKeyCredential, as browsers make it."""
    return {
        "id": credential_id,
        "rawId": credential_id,
        "type": "public-key",
        "response": response,
    }
