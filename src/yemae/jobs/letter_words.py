"""How letters say moments. Pure."""

from datetime import datetime

from yemae.outbox.messages import Language

WEEKDAYS_KO = "월화수목금토일"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def moment(at: datetime, language: Language) -> str:
    """A start on the venue's clocks: `2030년 5월 3일(금) 20:00`, `Fri, 3 May 2030, 20:00`."""
    if language == "ko":
        return f"{at.year}년 {at.month}월 {at.day}일({WEEKDAYS_KO[at.weekday()]}) {at:%H:%M}"
    return f"{WEEKDAYS_EN[at.weekday()]}, {at.day} {at:%B} {at.year}, {at:%H:%M}"
