"""Ticket links: what opens the tickets of one order in any browser, without an account. Pure.

The text of a link is the order's id (16 bytes) and the revision (2 bytes), signed. Always holds: a
link of one order says nothing about the link of another, and only the current revision of an order
is good, so that revoking takes one number.
"""

from typing import NamedTuple
from uuid import UUID

from yemae.base.signed_links import SignedLinks

ORDER_BYTES, REVISION_BYTES = 16, 2


class TicketLink(NamedTuple):
    """The order that a link opens, and the revision that it was made at."""

    order_id: UUID
    revision: int


class TicketLinks:
    """Makes and reads links."""

    def __init__(self, secret_key: str) -> None:
        self._links = SignedLinks(secret_key, "yemae ticket link", ORDER_BYTES + REVISION_BYTES)

    def text(self, link: TicketLink) -> str:
        """The text of a link."""
        return self._links.text(link.order_id.bytes + link.revision.to_bytes(REVISION_BYTES))

    def read(self, text: str) -> TicketLink | None:
        """What a text opens; None for one that we never made."""
        content = self._links.read(text)
        if content is None:
            return None
        order_id, revision = content[:ORDER_BYTES], content[ORDER_BYTES:]
        return TicketLink(UUID(bytes=order_id), int.from_bytes(revision))
