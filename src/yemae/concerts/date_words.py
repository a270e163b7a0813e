"""The message to fans in line and on the page about a date that is cancelled or moved. Pure."""

from datetime import datetime, tzinfo
from typing import NamedTuple

from yemae.values.instants import on_clocks

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


class DateWords(NamedTuple):
    """A message in both languages."""

    korean: str
    english: str


def cancelled(starts_at: datetime, zone: tzinfo | None) -> DateWords:
    """Of a date that does not take place."""
    date = _date(starts_at, zone)
    return DateWords(
        f"{date.korean} 공연이 취소되었습니다. 결제하신 금액은 모두 돌려 드립니다.",
        f"The performance on {date.english} is cancelled. Everything you paid will be refunded.",
    )


def postponed(before: datetime, after: datetime, until: datetime, zone: tzinfo | None) -> DateWords:
    """Of a date that was moved; fans who had paid cancel without a fee `until` then."""
    old, new, end = (_date(each, zone) for each in (before, after, until))
    return DateWords(
        f"{old.korean} 공연이 {new.korean}(으)로 변경되었습니다. 이미 결제하신 분은 "
        f"{end.korean}까지 수수료 없이 취소할 수 있습니다.",
        f"The performance on {old.english} is moved to {new.english}. If you have paid already, "
        f"you can cancel without a fee until {end.english}.",
    )


def _date(moment: datetime, zone: tzinfo | None) -> DateWords:
    """A moment on the venue's clocks."""
    local = on_clocks(moment, zone)
    return DateWords(
        f"{local.year}년 {local.month}월 {local.day}일 {local:%H:%M}",
        f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}",
    )
