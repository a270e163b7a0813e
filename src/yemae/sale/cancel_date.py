"""공연 취소·연기 · Cancel or postpone a date: the organiser does not hold it, or at another time.

One transaction: the row of the date, which every process hears of within half a second, the
message to fans in line, the line in the log, and for a date that is cancelled the run that gives
everybody their money back (`refund_run`). What was held or paid meanwhile is found by the run.
Concert first, then date, as loads and blocks lock them.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from yemae.base.batching import follow_up
from yemae.concerts import controls, date_changes, date_words
from yemae.concerts.catalogue import Concert
from yemae.concerts.date_changes import DateState
from yemae.concerts.date_words import DateWords
from yemae.concerts.limits import wrong_moment
from yemae.concerts.performance import Performance
from yemae.outbox import messages as outbox
from yemae.payments import refund_runs
from yemae.payments.refund_runs import RefundRun
from yemae.refusals import InvalidRequest
from yemae.runtime import Stores
from yemae.sale import announcements, follow_ups
from yemae.store.postgres import Transaction
from yemae.values.instants import instant
from yemae.values.time_zones import offset_minutes, venue_zone

# How long fans who had paid can cancel a date that was moved, unless the operator says.
REFUNDABLE = timedelta(days=14)


class Postponed(NamedTuple):
    """When a date was to begin, when it begins now, and until when it is cancelled freely."""

    before: datetime
    starts_at: datetime
    refundable_until: datetime


async def cancel_date(stores: Stores, who: str, performance_id: str, reason: str) -> RefundRun:
    """Cancel a date, and begin to give everybody their money back. Begun again, it changes nothing
    and returns the run that there is. Raises PerformanceNotFound."""
    date = await _date(stores, performance_id)
    concert = stores.catalogue.concert_of(date)
    async with stores.postgres.transaction() as tx:
        await controls.announce(tx, concert.id)
        state = await date_changes.lock(tx, date.key)
        run = await refund_runs.of_date(tx, date.key)
        if run is None:
            await date_changes.cancel(tx, date.key)
            await refund_runs.begin(tx, stores.new_id(), date.key, reason, who)
            words = date_words.cancelled(state.starts_at, date.zone)
            await _tell(tx, concert, who, words)
            details = {"performance": date.id, "reason": reason}
            await controls.log(tx, stores.new_id(), concert.id, who, "cancel date", details)
            await announcements.tell_of_date(tx, stores, date, state.starts_at)
            run = await refund_runs.of_date(tx, date.key)
            assert run is not None, "a run that was begun is there"
    await follow_up("cancel date", follow_ups.after_control(stores))
    return run


async def cancel_concert(
    stores: Stores, who: str, concert_id: str, reason: str
) -> list[Performance]:
    """Cancel every date of a concert that has not begun. Returns those that are cancelled now, also
    by an earlier call. Raises ConcertNotFound."""
    now, concert = stores.now(), stores.catalogue.concert(concert_id)
    dates = [date for date in concert.performances if date.starts_at > now]
    for date in dates:
        await cancel_date(stores, who, date.id, reason)
    return dates


async def postpone_date(
    stores: Stores,
    who: str,
    performance_id: str,
    starts_at: datetime,
    reason: str,
    refundable_until: datetime | None = None,
) -> Postponed:
    """Move a date to another time, and let fans who have paid cancel it without a fee until then.
    Its orders, holds and tickets stay. Raises PerformanceNotFound or InvalidRequest."""
    date = await _date(stores, performance_id)
    concert = stores.catalogue.concert_of(date)
    async with stores.postgres.transaction() as tx:
        await controls.announce(tx, concert.id)
        state = await date_changes.lock(tx, date.key)
        until = refundable_until or min(state.now + REFUNDABLE, starts_at)
        _require_postponable(state, starts_at, until)
        ends_at = state.sale_ends_at
        offset = _offset(date, starts_at)
        await date_changes.postpone(
            tx,
            date.key,
            starts_at,
            # As long before the start as it was.
            None if ends_at is None else ends_at + (starts_at - state.starts_at),
            offset,
            until,
        )
        zone = venue_zone(date.time_zone, offset)
        await _tell(tx, concert, who, date_words.postponed(state.starts_at, starts_at, until, zone))
        details = {
            "performance": date.id,
            "starts_at": {"from": instant(state.starts_at), "to": instant(starts_at)},
            "refundable_until": instant(until),
            "reason": reason,
        }
        change_id = stores.new_id()
        await controls.log(tx, change_id, concert.id, who, "postpone date", details)
        if stores.settings.tells_fans():
            await outbox.tell_of_date(tx, "date_moved", change_id, date.key)
        await announcements.tell_of_date(tx, stores, date, state.starts_at, starts_at)
    await follow_up("postpone date", follow_ups.after_control(stores))
    return Postponed(state.starts_at, starts_at, until)


async def _date(stores: Stores, performance_id: str) -> Performance:
    await stores.catalogue.know([performance_id])
    return stores.catalogue.performance(performance_id)


def _require_postponable(state: DateState, starts_at: datetime, until: datetime) -> None:
    if state.cancelled_at is not None:
        raise InvalidRequest.of("performance", "is cancelled")
    if wrong := wrong_moment(starts_at):
        raise InvalidRequest.of("starts_at", wrong)
    if starts_at <= state.now:
        raise InvalidRequest.of("starts_at", "expected a time to come")
    if starts_at == state.starts_at:
        raise InvalidRequest.of("starts_at", "expected another time than it has")
    if not state.now < until <= starts_at:
        raise InvalidRequest.of(
            "refundable_until", "expected a time to come, not after the new start"
        )


def _offset(date: Performance, starts_at: datetime) -> int | None:
    """How far the venue's clocks are before UTC at the new time; without a named zone, as far as
    before."""
    zone = venue_zone(date.time_zone, None)
    return date.utc_offset_minutes if zone is None else offset_minutes(starts_at.astimezone(zone))


async def _tell(tx: Transaction, concert: Concert, who: str, words: DateWords) -> None:
    """Every queue of the concert: the general sale first, then the phases by id."""
    for queue_id in (concert.id, *sorted(phase.id for phase in concert.phases)):
        await controls.say(tx, queue_id, who, words.korean, words.english)
