"""The operator's texts as they are written: a TOML file with a version, terms and privacy policy.

Both are Markdown, in Korean, English or both. Any input gives a `TermsFile` or raises
`TermsFileError` with one sentence.
"""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.base.validation import field_fault
from yemae.values.text import BIDI, CONTROLS, composed

FILE_MAX_BYTES = 1_000_000
# An index of orders and payments would take it as it is; and it goes into a path.
VERSION = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z"
LEGAL_TEXT = rf"^(?=\s*\S)(?:[\n\t]|[^{CONTROLS}{BIDI}])*\Z"

Version = Annotated[str, Meta(pattern=VERSION)]
LegalText = Annotated[str, Meta(min_length=1, max_length=100_000, pattern=LEGAL_TEXT)]

_WORDS = {
    f"`str` matching regex {VERSION!r}": "1 to 40 letters, digits, dots, hyphens and underscores",
    f"`str` matching regex {LEGAL_TEXT!r}": "text without control characters",
}


class TermsFileError(Exception):
    """A terms file cannot be used. The text is one sentence."""


class LegalTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in its languages, as Markdown; at least one of them is there."""

    ko: LegalText | None = None
    en: LegalText | None = None


class TermsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What fans agree to, under one name."""

    version: Version
    terms: LegalTexts
    privacy: LegalTexts


def read(path: Path) -> TermsFile:
    """Read a file. Raises TermsFileError."""
    try:
        with path.open("rb") as file:
            content = file.read(FILE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TermsFileError(f"{path}: cannot be read: {reason}.") from error
    if len(content) > FILE_MAX_BYTES:
        raise TermsFileError(f"{path}: may be at most {FILE_MAX_BYTES:,} bytes, and is larger.")
    try:
        data = tomllib.loads(composed(content.decode("utf-8-sig")))
        found = msgspec.convert(data, TermsFile)
    except msgspec.ValidationError as error:
        raise TermsFileError(f"{path}: {_said(error)}.") from error
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise TermsFileError(f"{path}: this is not TOML in UTF-8: {reason}.") from error
    for name in ("terms", "privacy"):
        if getattr(found, name) == LegalTexts():
            raise TermsFileError(f"{path}: {name}: expected a text in ko or en, found neither.")
    return found


def _said(error: msgspec.ValidationError) -> str:
    fault = field_fault(error)
    if fault.kind == "missing":
        return f"{fault.path}: this required field is missing"
    if fault.kind == "unknown":
        return f"{fault.path}: this is not a field of the format"
    words = fault.message
    for theirs, ours in _WORDS.items():
        words = words.replace(theirs, ours)
    return f"{fault.path}: {words[:1].lower()}{words[1:]}"
