"""What the settings share: their sentences in two languages, and types with limits."""

from typing import Annotated

from msgspec import Meta

Seconds = Annotated[int, Meta(ge=1, le=86_400)]


def said(english: str, korean: str, **more: tuple[str, str]) -> Meta:
    """A setting's sentence in English and Korean. `default` and `values` replace what the pages
    would derive from the type, in both languages."""
    return Meta(description=english, extra={"korean": korean, **more})
