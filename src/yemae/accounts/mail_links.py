"""Links of mails that open a row of ours once: the row's id, signed for one purpose. Pure."""

from enum import StrEnum
from uuid import UUID

from yemae.base.signed_links import SignedLinks

ID_BYTES = 16


class MailLink(StrEnum):
    """What a link does; the value is what its signature is made for."""

    RESET = "yemae password reset"
    CONFIRM = "yemae email confirmation"

    def text(self, server_key: str, row_id: UUID) -> str:
        """The text of a link."""
        return SignedLinks(server_key, self, ID_BYTES).text(row_id.bytes)

    def read(self, server_key: str, text: str) -> UUID | None:
        """The row that a text stands for; None for one that we never made."""
        content = SignedLinks(server_key, self, ID_BYTES).read(text)
        return None if content is None else UUID(bytes=content)
