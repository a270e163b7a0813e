"""The key of a pass: which fan, for which concert, with which queue number. Pure."""

from typing import NamedTuple


class PassKey(NamedTuple):
    """A pass, or the place that leads to it. A fan who joins again gets another number, and with it
    another pass."""

    concert_id: str
    user_id: str
    number: int
