"""What stands in the links of mails: some bytes and their HMAC, as URL-safe Base64. Pure.

The HMAC is the first 16 bytes of an HMAC-SHA256 with a key that follows from the server's secret
key, one for each purpose. So nothing that is stored opens anything, and a link of one purpose says
nothing about those of another.
"""

import base64
import binascii
import hashlib
import hmac

from yemae.base.signing import key_for

MAC_BYTES = 16


class SignedLinks:
    """Makes and reads the links of one purpose."""

    def __init__(self, secret_key: str, purpose: str, content_bytes: int) -> None:
        self._key = key_for(secret_key, purpose)
        self._content_bytes = content_bytes

    def text(self, content: bytes) -> str:
        """The text of a link."""
        mac = hmac.digest(self._key, content, hashlib.sha256)[:MAC_BYTES]
        return base64.urlsafe_b64encode(content + mac).decode().rstrip("=")

    def read(self, text: str) -> bytes | None:
        """What a text stands for; None for one that we never made. The last character has bits
        that stand for nothing: of all its texts, one is the link."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        content = raw[: self._content_bytes]
        is_ours = len(content) == self._content_bytes and hmac.compare_digest(
            text.encode(), self.text(content).encode()
        )
        return content if is_ours else None
