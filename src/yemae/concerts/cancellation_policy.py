"""The cancellation policy of a concert: until when a fan can cancel a paid order, and for what fee.

Pure but for the reads and writes at the end. Days are those of the calendar at the venue: D-10 is
every moment of the tenth day before the day of the performance, whatever the hour. Always holds: a
fee is not negative and not above the price of its seat, and is rounded down to the currency's minor
unit; nothing can be cancelled from `closes_at` on. A policy never changes: orders keep its digest.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from yemae.concerts.limits import Price
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "cancellation_policies.sql")
ALL_POLICIES = QUERIES["all_policies"]
WRITE_POLICY = QUERIES["write_policy"]

DAYS_MAX = 366
STEPS_MAX = 20
SATURDAY = 5
CLOCK_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"

Days = Annotated[int, Meta(ge=0, le=DAYS_MAX)]
Percent = Annotated[int, Meta(ge=0, le=100)]
ClockTime = Annotated[str, Meta(pattern=CLOCK_TIME)]
# `booking_day`: the booking fee is given back on the day of the purchase.
BookingFeeBack = Literal["never", "booking_day", "always"]
# What a concert file may name in place of steps of its own.
Preset = Literal["none", "kr-performance"]


class FeeStep(msgspec.Struct, frozen=True, kw_only=True):
    """The fee of each ticket up to a day: an amount, of which at most `fee_max_percent` of the
    price is taken, or a share of the price. With neither, cancelling costs nothing."""

    # The last day of the step, counted back from the day of the performance.
    until_days_before: Days
    fee_per_ticket: Price = 0
    fee_max_percent: Percent = 100
    fee_percent: Percent = 0

    def fee(self, price: int) -> int:
        """The fee of a ticket of this price."""
        if self.fee_per_ticket:
            return min(self.fee_per_ticket, price * self.fee_max_percent // 100)
        return price * self.fee_percent // 100


FREE = FeeStep(until_days_before=0)


class CancellationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Steps by day, the last of which is the day on which cancelling closes; and what comes before
    them: `free_within_days` of the day of the purchase it costs nothing, until
    `free_until_days_before` the performance. Times are the venue's; without `closes_at` it closes
    at the end of its day, always at the latest when the performance starts."""

    steps: Annotated[tuple[FeeStep, ...], Meta(min_length=1, max_length=STEPS_MAX)]
    closes_at: ClockTime | None = None
    # Where the day on which it closes is a Saturday.
    closes_at_saturday: ClockTime | None = None
    free_within_days: Days | None = None
    free_until_days_before: Days = 0
    booking_fee_back: BookingFeeBack = "booking_day"


# What Korean ticket vendors agree with their fans.
KR_PERFORMANCE = CancellationPolicy(
    steps=(
        FeeStep(until_days_before=10, fee_per_ticket=4_000, fee_max_percent=10),
        FeeStep(until_days_before=7, fee_percent=10),
        FeeStep(until_days_before=3, fee_percent=20),
        FeeStep(until_days_before=1, fee_percent=30),
    ),
    closes_at="17:00",
    closes_at_saturday="11:00",
    free_within_days=7,
    free_until_days_before=10,
)
# None: no fan can cancel.
PRESETS: dict[Preset, CancellationPolicy | None] = {
    "none": None,
    "kr-performance": KR_PERFORMANCE,
}


class PolicyNow(NamedTuple):
    """What a policy says at one moment."""

    step: FeeStep
    gives_booking_fee_back: bool


def closes_at(policy: CancellationPolicy, starts_at: datetime, zone: tzinfo | None) -> datetime:
    """From when nothing can be cancelled, in UTC."""
    clocks = zone or UTC
    last_day = starts_at.astimezone(clocks).date()
    last_day -= timedelta(days=policy.steps[-1].until_days_before)
    is_saturday = last_day.weekday() == SATURDAY
    at = (policy.closes_at_saturday if is_saturday else None) or policy.closes_at
    if at is None:
        closes = datetime.combine(last_day + timedelta(days=1), time(), clocks)
    else:
        closes = datetime.combine(last_day, time.fromisoformat(at), clocks)
    return min(closes.astimezone(UTC), starts_at.astimezone(UTC))


def policy_now(
    policy: CancellationPolicy,
    *,
    booked_at: datetime,
    starts_at: datetime,
    zone: tzinfo | None,
    now: datetime,
) -> PolicyNow | None:
    """What cancelling costs now; None: it has closed."""
    if now >= closes_at(policy, starts_at, zone):
        return None
    booked, starts, today = (_day(moment, zone) for moment in (booked_at, starts_at, now))
    left, since = (starts - today).days, (today - booked).days
    is_free = (
        policy.free_within_days is not None
        and since <= policy.free_within_days
        and left >= policy.free_until_days_before
    )
    step = next((each for each in policy.steps if left >= each.until_days_before), policy.steps[-1])
    back = policy.booking_fee_back
    return PolicyNow(FREE if is_free else step, back == "always" or (back != "never" and not since))


def _day(moment: datetime, zone: tzinfo | None) -> date:
    return moment.astimezone(zone or UTC).date()


class StoredPolicy(NamedTuple):
    """A policy as JSON, and the digest that names it."""

    digest: str
    content: str


def stored(policy: CancellationPolicy) -> StoredPolicy:
    """As the database keeps it: every field, so that another default changes no old policy."""
    content = msgspec.json.encode(policy)
    return StoredPolicy(hashlib.sha256(content).hexdigest()[:32], content.decode())


def read(content: Mapping[str, Any]) -> CancellationPolicy:
    """From what the database keeps."""
    return msgspec.convert(content, CancellationPolicy)


async def write(tx: Transaction, policy: CancellationPolicy) -> None:
    """Write a policy, which may be there already."""
    await tx.send(WRITE_POLICY, **stored(policy)._asdict())


async def every_policy(tx: Transaction) -> dict[str, CancellationPolicy]:
    """Every policy that a concert has or had, by digest."""
    return {row.digest: read(row.content) for row in await tx.fetch(ALL_POLICIES)}
