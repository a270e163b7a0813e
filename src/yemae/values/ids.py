"""Ids in texts from outside. Pure."""

from uuid import UUID


def uuid_or_none(text: str) -> UUID | None:
    """The id in a text; None: it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
