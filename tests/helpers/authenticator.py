"""An authenticator in software: makes passkeys and signs challenges, as devices do (WebAuthn)."""

import base64
import hashlib
import json
import secrets
from typing import Any, NamedTuple

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, HAS_KEY = 0x01, 0x04, 0x08, 0x10, 0x40


class Key(NamedTuple):
    """A passkey of the device."""

    credential_id: bytes
    private: ec.EllipticCurvePrivateKey
    user_handle: bytes


class Authenticator:
    """A device. What it says of the site, the user and its count can be changed, for those that are
    broken or not what they seem."""

    def __init__(self, origin: str, domain: str | None = None) -> None:
        self.origin = origin
        self.domain = domain or origin.partition("://")[2].partition(":")[0]
        self.count = 0
        self.flags = PRESENT | VERIFIED
        self.key: Key | None = None

    def make(self, begun: dict[str, Any], credential_id: bytes | None = None) -> dict[str, Any]:
        """Make a passkey for what the server has begun: the body of its completion."""
        private = ec.generate_private_key(ec.SECP256R1())
        handle = unpadded(begun["user_handle"])
        self.key = Key(credential_id or secrets.token_bytes(32), private, handle)
        said = self.data(HAS_KEY) + self._described()
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        return {
            "challenge": begun["challenge"],
            "credential_id": text(self.key.credential_id),
            "client_data": text(self.client_data("webauthn.create", begun["challenge"])),
            "attestation_object": text(attestation),
        }

    def sign(self, begun: dict[str, Any]) -> dict[str, Any]:
        """Sign the challenge that the server has begun a sign-in with: the body of its
        completion."""
        assert self.key is not None
        said = self.data()
        client = self.client_data("webauthn.get", begun["challenge"])
        signed = said + hashlib.sha256(client).digest()
        return {
            "challenge": begun["challenge"],
            "credential_id": text(self.key.credential_id),
            "client_data": text(client),
            "authenticator_data": text(said),
            "signature": text(self.key.private.sign(signed, ec.ECDSA(SHA256()))),
            "user_handle": text(self.key.user_handle),
        }

    def data(self, more: int = 0) -> bytes:
        """What every answer begins with: the site, the flags and the count."""
        site = hashlib.sha256(self.domain.encode()).digest()
        return site + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def client_data(self, kind: str, challenge: str) -> bytes:
        """What the browser adds."""
        said = {"type": kind, "challenge": text(challenge.encode()), "origin": self.origin}
        return json.dumps({**said, "crossOrigin": False}).encode()

    def _described(self) -> bytes:
        assert self.key is not None
        numbers = self.key.private.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        credential_id = self.key.credential_id
        return bytes(16) + len(credential_id).to_bytes(2, "big") + credential_id + public


def text(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def unpadded(content: str) -> bytes:
    """What base64url without padding stands for."""
    return base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
