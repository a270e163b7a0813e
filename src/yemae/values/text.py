"""Text from outside: the form in which it is compared, and what of it a terminal may show. Pure.

What people type comes composed or decomposed, by the keyboard and the system: `é` is one character
or two. Names, groups, codes, addresses and passwords are brought to one form (NFC, Unicode Standard
Annex 15) before they are kept or compared.
"""

import re
import unicodedata

# Control characters move the cursor, change colors or ring; line and paragraph separators break a
# line; bidirectional controls turn the order of what stands around them; halves of a surrogate pair
# are no text at all.
CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
# Embeddings, overrides and isolates reach beyond the text that they stand in.
BIDI = r"\u202a-\u202e\u2066-\u2069"
# Marks that give a direction to their neighbours only, and invisible characters.
MARKS = r"\u061c\u200b\u200e\u200f\ufeff\ufff9-\ufffb"
# Every blank of Unicode but the controls, which are above.
SPACES = r" \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
UNSAFE = re.compile(f"[{CONTROLS}{BIDI}{MARKS}]")
UNSAFE_BUT_BREAKS = re.compile(rf"(?!\n)[{CONTROLS}{BIDI}{MARKS}]")


def in_language(language: str, text: str, text_en: str | None) -> str:
    """The English text where the reader's language is English and there is one."""
    return text_en or text if language == "en" else text


def composed(text: str) -> str:
    """The form in which a text is kept and compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def printable(text: str, *, lines: bool = False) -> str:
    r"""The text with what could steer a terminal written out, such as `\x1b`; with `lines`, line
    breaks stay."""
    return (UNSAFE_BUT_BREAKS if lines else UNSAFE).sub(_written_out, text)


def printable_json(text: str) -> str:
    r"""The same for a JSON text of several lines, which means what it meant before: `\u001b`."""
    return UNSAFE_BUT_BREAKS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def printable_markup(text: str) -> str:
    """The same for XML of several lines, which shows what it showed before: `&#x202e;`."""
    return UNSAFE_BUT_BREAKS.sub(lambda found: f"&#x{ord(found[0]):x};", text)


def _written_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
