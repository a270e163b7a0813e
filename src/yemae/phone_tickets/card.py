"""What a phone ticket says: one seat of a paid order, in the language of its fan. Pure."""

import hashlib
from datetime import datetime
from typing import Literal, NamedTuple

Language = Literal["ko", "en"]

SERIAL_CHARS = 32


class Labels(NamedTuple):
    """What stands beside the values."""

    ticket: str
    starts: str
    seat: str
    grade: str
    venue: str
    number: str
    proof: str


LABELS: dict[Language, Labels] = {
    "ko": Labels(
        "{concert} 티켓", "일시", "좌석", "등급", "장소", "예매번호", "입장할 때 필요한 증빙"
    ),
    "en": Labels(
        "Ticket for {concert}", "Starts", "Seat", "Grade", "Venue", "Booking number",
        "To show at the door",
    ),
}  # fmt: skip


class Card(NamedTuple):
    """A ticket. `code` is what the door scans; `starts_at` is on the clocks of the venue, if
    `has_zone`. `proof` is empty where none has to be shown."""

    language: Language
    code: str
    booking_number: str
    performance_id: str
    concert: str
    artist: str
    venue: str
    starts_at: datetime
    has_zone: bool
    seat: str
    grade: str
    proof: str

    @property
    def labels(self) -> Labels:
        """What stands beside the values."""
        return LABELS[self.language]

    @property
    def serial(self) -> str:
        """The same whenever this ticket is made, in any language; no other ticket's."""
        return hashlib.sha256(self.code.encode()).hexdigest()[:SERIAL_CHARS]
