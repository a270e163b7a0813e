"""Ticket links: what opens the tickets of one order in any browser, without an account.

Pure. The text of a link is, in URL-safe Base64, the order's id (16 bytes), the revision (2 bytes)
and the first 16 bytes of an HMAC-SHA256 over both, with a key that follows from the server's secret
key. Always holds: a link of one order says nothing about the link of another, and only the current
revision of an order is good, so that revoking takes one number.
"""

import base64
import binascii
import hashlib
import hmac
from typing import NamedTuple
from uuid import UUID

from yemae.base.signing import key_for

ORDER_BYTES, REVISION_BYTES, MAC_BYTES = 16, 2, 16
CONTENT_BYTES = ORDER_BYTES + REVISION_BYTES
# 34 bytes in Base64 without padding.
LINK_CHARS = 46


class TicketLink(NamedTuple):
    """The order that a link opens, and the revision that it was made at."""

    order_id: UUID
    revision: int


class TicketLinks:
    """Makes and reads links."""

    def __init__(self, secret_key: str) -> None:
        self._key = key_for(secret_key, "yemae ticket link")

    def text(self, link: TicketLink) -> str:
        """The text of a link."""
        content = link.order_id.bytes + link.revision.to_bytes(REVISION_BYTES)
        return base64.urlsafe_b64encode(content + self._mac(content)).decode().rstrip("=")

    def read(self, text: str) -> TicketLink | None:
        """What a text opens; None for one that we never made."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        content, mac = raw[:CONTENT_BYTES], raw[CONTENT_BYTES:]
        if not hmac.compare_digest(mac, self._mac(content)):
            return None
        link = TicketLink(UUID(bytes=content[:ORDER_BYTES]), int.from_bytes(content[ORDER_BYTES:]))
        # The last character has bits that stand for nothing: of all its texts, one is the link.
        return link if self.text(link) == text else None

    def _mac(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, hashlib.sha256)[:MAC_BYTES]
