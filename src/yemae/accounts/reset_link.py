"""Links that set a new password: what stands in the mail is the id of the reset, signed. Pure."""

from uuid import UUID

from yemae.base.signed_links import SignedLinks

PURPOSE = "yemae password reset"
ID_BYTES = 16


def reset_link(server_key: str, reset_id: UUID) -> str:
    """The text of a link."""
    return SignedLinks(server_key, PURPOSE, ID_BYTES).text(reset_id.bytes)


def read_reset_link(server_key: str, text: str) -> UUID | None:
    """The reset that a text stands for; None for one that we never made."""
    content = SignedLinks(server_key, PURPOSE, ID_BYTES).read(text)
    return None if content is None else UUID(bytes=content)
