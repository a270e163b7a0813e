"""What the calls on a concert's queue take and answer: structs, their decoders and examples."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from yemae.accounts.access import USER_ID
from yemae.back_office.queue_report import LaneReport, shown_settings
from yemae.concerts.limits import Text
from yemae.concerts.queue_settings import CurrentSettings, changes_struct
from yemae.http.contract.operation import Body
from yemae.http.fan.users import EXAMPLE_ID
from yemae.values.instants import Instant

UserId = Annotated[
    str,
    Meta(max_length=128, pattern=rf"^{USER_ID.pattern}\Z", description="The fan's user id."),
]

ChangeQueue = changes_struct(
    "ChangeQueue",
    "What to change. A field that is left out stays; null resets it to the concert file's value.",
    Body,
)


class RevokePass(Body, frozen=True):
    """Whose pass to end."""

    user_id: UserId


class ReopenPlace(Body, frozen=True):
    """Whose last place to give back, and why; it is in the log."""

    user_id: UserId
    reason: Text


class AdmitNow(Body, frozen=True):
    """How many fans to admit immediately."""

    count: Annotated[int, Meta(ge=1, le=10_000)]


class Revoked(msgspec.Struct, frozen=True):
    """Whether the fan had an open pass."""

    revoked: bool


class Reopened(msgspec.Struct, frozen=True):
    """Whether the fan has their place back."""

    reopened: bool


class AdmittedNow(msgspec.Struct, frozen=True):
    """How many fans were admitted: at most `active_limit` allows, and only fans in line."""

    admitted: int


class ActionBody(msgspec.Struct, frozen=True):
    """A line of the log. `who` is a user id, or `cli:` and a system user; a user id that begins
    with `cli:` or `user:` has `user:` in front."""

    id: UUID
    at: Instant
    who: str
    action: str
    details: dict[str, Any]


class Actions(msgspec.Struct, frozen=True):
    """A page of the log, newest first."""

    actions: list[ActionBody]
    next_cursor: UUID | None


CHANGE = msgspec.json.Decoder(ChangeQueue)
REVOKE = msgspec.json.Decoder(RevokePass)
REOPEN = msgspec.json.Decoder(ReopenPlace)
ADMIT = msgspec.json.Decoder(AdmitNow)

EXAMPLE_QUEUE = {
    "concert_id": "arena",
    "state": "open",
    "control": "running",
    "time_zone": "Asia/Seoul",
    "settings": shown_settings(
        CurrentSettings(
            sale_opens_at=datetime(2026, 11, 22, 11, tzinfo=UTC),
            prequeue_opens_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
            queueing_method="draw",
            active_limit=2500,
            admit_per_minute=3000,
            entry_ttl_s=420,
            message_ko="매진이 임박했습니다.",
            message_en="Nearly sold out.",
            message_until=datetime(2026, 11, 22, 11, 30, tzinfo=UTC),
        ),
        ZoneInfo("Asia/Seoul"),
        [LaneReport("fanclub", 30, 1, "fanclub", 140)],
    ),
    "set_by_operator": ["active_limit", "message_ko", "message_en", "message_until"],
    "message_is_over": False,
    "changed_at": "2026-11-22T11:04:10.000Z",
    "changed_by": EXAMPLE_ID,
    "counts": {
        "waiting": 5310,
        "absent": 820,
        "active": 2500,
        "admitted": 8120,
        "joined": 14250,
        "prequeue": 0,
        "seats_left": 4120,
    },
    "rates": {
        "admitted_per_minute": {"1m": 1480.0, "5m": 1510.4, "15m": 1502.2},
        "joined_per_minute": {"1m": 260.0, "5m": 810.8, "15m": 950.0},
    },
    "time_in_queue_s": {"p50": 181.5, "p90": 402.0},
    "no_show_rate": 0.041,
    "passes_ended": {"payment": 4105, "expiry": 1290, "revoke": 1, "leave": 224},
}
EXAMPLE_ACTION = {
    "id": "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11",
    "at": "2026-11-22T11:04:10.000Z",
    "who": EXAMPLE_ID,
    "action": "set",
    "details": {"active_limit": {"from": 2000, "to": 2500}},
}
