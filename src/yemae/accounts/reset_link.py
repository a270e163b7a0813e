"""Links that set a new password: what stands in the mail. Pure.

The text of a link is, in URL-safe Base64, the id of the reset (16 bytes) and the first 16 bytes of
an HMAC-SHA256 over it, with a key that follows from the server's secret key. So nothing that is
stored opens an account.
"""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from yemae.base.signing import key_for

ID_BYTES, MAC_BYTES = 16, 16
# 32 bytes in Base64 without padding.
LINK_CHARS = 43


def reset_link(server_key: str, reset_id: UUID) -> str:
    """The text of a link."""
    raw = reset_id.bytes + _mac(server_key, reset_id.bytes)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_reset_link(server_key: str, text: str) -> UUID | None:
    """The reset that a text stands for; None for one that we never made."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, mac = raw[:ID_BYTES], raw[ID_BYTES:]
    if not hmac.compare_digest(mac, _mac(server_key, content)):
        return None
    return UUID(bytes=content)


def _mac(server_key: str, content: bytes) -> bytes:
    key = key_for(server_key, "yemae password reset")
    return hmac.digest(key, content, hashlib.sha256)[:MAC_BYTES]
