"""Links that confirm an address: what stands in the mail is the id of the row, signed. Pure."""

from uuid import UUID

from yemae.base.signed_links import SignedLinks

PURPOSE = "yemae email confirmation"
ID_BYTES = 16


def confirmation_link(server_key: str, confirmation_id: UUID) -> str:
    """The text of a link."""
    return SignedLinks(server_key, PURPOSE, ID_BYTES).text(confirmation_id.bytes)


def read_confirmation_link(server_key: str, text: str) -> UUID | None:
    """The row that a text stands for; None for one that we never made."""
    content = SignedLinks(server_key, PURPOSE, ID_BYTES).read(text)
    return None if content is None else UUID(bytes=content)
