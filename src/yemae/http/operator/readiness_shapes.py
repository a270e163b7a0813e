"""Shapes of the calls before a sale: checks, what is known of a concert, sign-offs."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from yemae import __version__
from yemae.back_office.readiness import Hold, SignOffState
from yemae.concerts.limits import ShortText, Text
from yemae.doctor.findings import State
from yemae.http.contract.operation import Body
from yemae.http.fan.users import EXAMPLE_ID
from yemae.values.instants import Instant

FANS_MAX = 10_000_000

Fans = Annotated[int, Meta(ge=1, le=FANS_MAX)]


class CheckBody(msgspec.Struct, frozen=True):
    """What one check of `yemae doctor` found, in a sentence, and what to do about it."""

    check: str
    state: State
    reason: str
    says: str
    cure: str | None


class Examination(msgspec.Struct, frozen=True):
    """What `yemae doctor` finds on the machine that answers; `state` is that of all checks."""

    state: Literal["ok", "warning", "failure"]
    version: str
    checked_at: Instant
    checks: list[CheckBody]


class DateHallBody(msgspec.Struct, frozen=True):
    """A date, with the digest of its plan and prices."""

    id: str
    plan: str | None
    seats: int
    price_from: int


class RehearsalBody(msgspec.Struct, frozen=True):
    """The last rehearsal on the machine that answers. Without `problems` every check passed."""

    at: Instant
    version: str
    fans: int
    seats_sold: int
    was_stopped: bool
    problems: list[str]


class SignOffBody(msgspec.Struct, frozen=True):
    """A sign-off. `outdated`: plans or prices are others than those that were signed."""

    id: UUID
    name: str
    who: str
    note: str
    expected_fans: int
    signed_at: Instant
    withdrawn_at: Instant | None
    state: SignOffState


class ReadinessBody(msgspec.Struct, frozen=True, kw_only=True):
    """What is known before a sale. `digest` is of all plans and prices, and is what is signed.
    `waiting` is null while the waiting room cannot be asked; `draw_seal` where no draw is held.
    The crowd that is expected is the last sign-off's, or else the larger one of all seats and all
    fans in line. `holds` are what is in the way, beside the doctor's findings."""

    concert_id: str
    at: Instant
    currency: str
    digest: str
    dates: list[DateHallBody]
    waiting: int | None
    absent: int | None
    draw_seal: str | None
    rehearsal: RehearsalBody | None
    expected_fans: int
    is_expected_stated: bool
    sign_offs: list[SignOffBody]
    holds: list[Hold]


class SignConcertOff(Body, frozen=True, kw_only=True):
    """Who signs, by name, for which crowd, and the digest of what they saw."""

    name: ShortText
    expected_fans: Fans
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    note: Text | None = None


class SignedOff(msgspec.Struct, frozen=True):
    """The new sign-off."""

    id: UUID


AT = "2026-11-22T10:30:00.000Z"
EXAMPLE_DIGEST = "5b0e7c1d9a3f4e6b8c2d1f0a9e8b7c6d"
EXAMPLE: dict[str, Any] = {
    "concert_id": "small-hall",
    "at": AT,
    "currency": "KRW",
    "digest": EXAMPLE_DIGEST,
    "dates": [{"id": "small-hall-1", "plan": EXAMPLE_DIGEST, "seats": 50, "price_from": 55000}],
    "waiting": 1200,
    "absent": 31,
    "draw_seal": None,
    "rehearsal": {
        "at": "2026-11-20T03:00:00.000Z",
        "version": __version__,
        "fans": 5000,
        "seats_sold": 50,
        "was_stopped": False,
        "problems": [],
    },
    "expected_fans": 3000,
    "is_expected_stated": True,
    "sign_offs": [
        {
            "id": EXAMPLE_ID,
            "name": "Ann Kim",
            "who": EXAMPLE_ID,
            "note": "",
            "expected_fans": 3000,
            "signed_at": AT,
            "withdrawn_at": None,
            "state": "stands",
        }
    ],
    "holds": [],
}
EXAMPLE_EXAMINATION = {
    "state": "ok",
    "version": __version__,
    "checked_at": AT,
    "checks": [
        {
            "check": "free_space",
            "state": "ok",
            "reason": "enough",
            "says": "91,204 MB are free on the disk of /var/lib/yemae.",
            "cure": None,
        }
    ],
}
