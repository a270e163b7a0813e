"""The fields of the console's answers that a rehearsal compares; the others are not decoded."""

import msgspec


class FunnelCounts(msgspec.Struct, frozen=True):
    """What the live stream and the history count since the queue began."""

    joined: int
    admitted: int
    holds: int
    payments_begun: int
    payments: int


class LiveAnswer(msgspec.Struct, frozen=True):
    """An event `queue` of the live stream; null while Valkey is away."""

    figures: FunnelCounts | None


class PointAnswer(msgspec.Struct, frozen=True):
    """A point of the history."""

    figures: FunnelCounts


class HistoryAnswer(msgspec.Struct, frozen=True):
    """A part of the history."""

    points: list[PointAnswer]
    next_since: str | None


class SalesAnswer(msgspec.Struct, frozen=True):
    """The sales; only the total is looked at."""

    total: dict[str, int]


class MinuteAnswer(msgspec.Struct, frozen=True):
    """A minute with sales."""

    seats: int
    charged: int
    refunded: int


class MinutesAnswer(msgspec.Struct, frozen=True):
    """A part of the minutes."""

    minutes: list[MinuteAnswer]
    next_since: str | None


class LawAnswer(msgspec.Struct, frozen=True):
    """A law in the closing report."""

    name: str
    violations: int


class StepAnswer(msgspec.Struct, frozen=True):
    """A step of a funnel in the closing report."""

    name: str
    count: int


class QueueAnswer(msgspec.Struct, frozen=True):
    """A queue in the closing report."""

    id: str
    funnel: list[StepAnswer]


class ReportAnswer(msgspec.Struct, frozen=True):
    """What the closing report has."""

    totals: dict[str, int]
    invariants: list[LawAnswer]
    queues: list[QueueAnswer]
