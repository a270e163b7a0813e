"""A text of the report in both of its languages."""

from typing import NamedTuple


class Translated(NamedTuple):
    """The text in English and in Korean."""

    en: str
    ko: str
