"""What the settings share: their sentences in two languages, and types with limits."""

from typing import Annotated, Any

from msgspec import Meta

from yemae.values.translated import Translated

Seconds = Annotated[int, Meta(ge=1, le=86_400)]


def said(english: str, korean: str, *, is_shown: bool = False, **more: tuple[str, str]) -> Meta:
    """A setting's sentence in English and Korean. `default` and `values` replace what the pages
    would derive from the type, in both languages. `is_shown`: a setting that may be any text holds
    no secret, so operators may read it."""
    return Meta(description=english, extra={"korean": korean, "is_shown": is_shown, **more})


def sentences(hint: Any) -> Translated:
    """What a setting or a group says of itself. Raises ValueError when it says nothing."""
    (found,) = (
        Translated(meta.description, meta.extra["korean"])
        for meta in hint.__metadata__
        if isinstance(meta, Meta) and meta.description and meta.extra
    )
    return found


def said_default(hint: Any) -> Translated | None:
    """The words for a setting's default; None: it is its value."""
    for meta in hint.__metadata__:
        if "default" in (meta.extra or {}):
            return Translated(*meta.extra["default"])
    return None
