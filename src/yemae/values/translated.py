"""A text in both languages of people."""

from typing import NamedTuple


class Translated(NamedTuple):
    """The text in English and in Korean."""

    en: str
    ko: str
