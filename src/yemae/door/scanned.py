"""Turns what a scanner typed into the ticket code that it scanned. Pure.

Most scanners are keyboards: they press the keys of a US keyboard, and the computer writes the
characters of its own layout. Each layout here maps back one to one, because a code has only
capitals, the digits 1 to 7 and a colon. The code's signature decides whether it is a ticket.
"""

import string
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from yemae.orders.ticket_code import PREFIX

# A symbology identifier such as `]Q1` may precede the code, also changed by the layout.
AHEAD_MAX_CHARS = 6
# Text shorter than this is not a code that a layout has changed.
CODE_MIN_CHARS = 100

QWERTZ = str.maketrans("YZÖ", "ZY:")
AZERTY = str.maketrans("AQZWM?,&É\"'(-§È", "QAWZ:MM12345667")
JCUKEN = str.maketrans("ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯЖ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ:")
# Compatibility jamo, alone or as part of a syllable, and the keys that write them.
LETTERS = "ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ"
KEYS = dict(zip(LETTERS, string.ascii_uppercase, strict=True))
KEYS |= dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "QWERTOP", strict=True))
# The letter that an input method writes for two keys in a row.
PAIRS = {
    pair[0]: pair[1:]
    for pair in [
        "ㅘㅗㅏ",
        "ㅙㅗㅐ",
        "ㅚㅗㅣ",
        "ㅝㅜㅓ",
        "ㅞㅜㅔ",
        "ㅟㅜㅣ",
        "ㅢㅡㅣ",
        "ㄳㄱㅅ",
        "ㄵㄴㅈ",
        "ㄶㄴㅎ",
        "ㄺㄹㄱ",
        "ㄻㄹㅁ",
        "ㄼㄹㅂ",
        "ㄽㄹㅅ",
        "ㄾㄹㅌ",
        "ㄿㄹㅍ",
        "ㅀㄹㅎ",
        "ㅄㅂㅅ",
    ]
}
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
FIRST_SYLLABLE, SYLLABLES = 0xAC00, 11_172


class Scanned(NamedTuple):
    """A scanned text as a code. `layout` names the keyboard layout unless it is a US one, and is
    "another" when it is unknown."""

    code: str
    layout: str = ""

    @property
    def hint(self) -> str:
        """How to correct a layout that changes codes; empty for a US one."""
        if not self.layout:
            return ""
        return (
            f"It seems that the scanner types through {self.layout} keyboard layout: set the "
            "layout of this computer, or of the scanner, to US English."
        )


def as_code(text: str) -> Scanned:
    """The code in a typed text, or the text itself when it has none."""
    plain = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cf")).strip()
    for layout, back in LAYOUTS.items():
        code = back(plain)
        at = code.find(PREFIX)
        if 0 <= at <= AHEAD_MAX_CHARS:
            return Scanned(code[at:], layout)
    foreign = len(plain) >= CODE_MIN_CHARS and not plain.isascii() and " " not in plain
    return Scanned(plain, "another" if foreign else "")


def _upper(text: str) -> str:
    return text.upper()


def _hangul(text: str) -> str:
    """The keys behind text of a Korean input method (2-beolsik)."""
    jamo = "".join(map(_jamo, unicodedata.normalize("NFC", text)))
    return "".join(KEYS.get(key, key.upper()) for key in jamo)


def _jamo(char: str) -> str:
    """A syllable as the jamo that were typed for it; any other character as it is."""
    place = ord(char) - FIRST_SYLLABLE
    if not 0 <= place < SYLLABLES:
        return PAIRS.get(char, char)
    initial, rest = divmod(place, len(VOWELS) * len(FINALS))
    vowel, final = divmod(rest, len(FINALS))
    parts = (INITIALS[initial], VOWELS[vowel], FINALS[final])
    return "".join(PAIRS.get(part, part) for part in parts)


def _through(table: dict[int, int]) -> Callable[[str], str]:
    return lambda text: text.upper().translate(table)


# Texts are turned into capitals first: Caps Lock makes them small, and a code has only capitals.
LAYOUTS: dict[str, Callable[[str], str]] = {
    "": _upper,
    "a Korean": _hangul,
    "a QWERTZ (German)": _through(QWERTZ),
    "an AZERTY (French)": _through(AZERTY),
    "a Russian": _through(JCUKEN),
}
