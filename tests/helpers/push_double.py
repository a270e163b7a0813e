"""A push service for tests, over real HTTP, with browsers that have subscribed at it.

It checks what a push service checks, the signature of the sender and the headers, and a browser
decrypts what came as RFC 8291 says, by itself and not by our code.
"""

import base64
import json
import os
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.requests import Request

from helpers.doubles import Double, Said


def text_of(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Browser:
    """A browser that has subscribed."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.auth = os.urandom(16)
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key()
        self.public = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def asks(self, kind: str, **more: Any) -> dict[str, Any]:
        """The body of its call."""
        keys = {"p256dh": text_of(self.public), "auth": text_of(self.auth)}
        return {"kind": kind, "endpoint": self.endpoint, **keys, **more}

    def read(self, body: bytes) -> dict[str, Any]:
        """The message of a push."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        shared = self._key.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        info = b"WebPush: info\0" + self.public + sender
        secret = HKDF(hashes.SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, record, None)
        assert plain.rstrip(b"\0").endswith(b"\2")
        found: dict[str, Any] = json.loads(plain.rstrip(b"\0")[:-1])
        return found


class Pushed(NamedTuple):
    """A push that was taken."""

    message: dict[str, Any]
    headers: dict[str, str]


class PushDouble(Double):
    """The push service. `statuses` answers the next pushes instead of taking them."""

    def __init__(self) -> None:
        super().__init__()
        self.browsers: dict[str, Browser] = {}
        self.pushed: list[Pushed] = []
        self.statuses: list[int] = []

    def browser(self) -> Browser:
        """A browser subscribes."""
        path = f"/send/{len(self.browsers) + 1}"
        self.browsers[path] = Browser(f"{self.url}{path}")
        return self.browsers[path]

    async def answer(self, request: Request, body: bytes) -> Said:
        """Take a push, as a push service does."""
        browser = self.browsers.get(request.url.path)
        if browser is None:
            return Said(410, {})
        token, _, key = request.headers["authorization"].partition("t=")[2].partition(", k=")
        raw = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
        jwt.decode(token, public, ["ES256"], audience=self.url)
        assert request.headers["content-encoding"] == "aes128gcm"
        if self.statuses:
            return Said(self.statuses.pop(0), {})
        self.pushed.append(Pushed(browser.read(body), dict(request.headers)))
        return Said(201, {})
