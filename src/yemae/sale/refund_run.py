"""환불 진행 · The run that gives everybody their money back for a date that is cancelled.

It goes by the seats of the date: free ones are closed, held orders are released, paid ones are
cancelled in full, and their seats closed, until the run has every seat that no block has. Each step
is one transaction under the lock of the run's row, with all of its progress, so that a process that
is killed at any moment loses nothing, any number of processes may take steps, and a run that is
begun again goes on. An order that is being paid by card is waited for: then it is paid, or held no
more. Its row first, then the locks of `cancel`.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from yemae.base.logs import logger
from yemae.concerts import controls, date_changes, seat_blocks, seats, sold_seats
from yemae.concerts.catalogue import Catalogue
from yemae.concerts.performance import Performance
from yemae.orders import orders
from yemae.payments import payments, refund_runs, refunds
from yemae.payments.refund_runs import LeftToDo, RefundRun, RunState
from yemae.refusals import RefundRunNotFound, StoreUnavailable
from yemae.runtime import Stores
from yemae.sale.cancel import carry_out
from yemae.sale.decide_cancellations import IN_FULL, CancelledBy, cancelled_seats, quote
from yemae.sale.disputed_orders import require_no_open_dispute
from yemae.store.postgres import Transaction
from yemae.wallet import ledger

# Of one step: what a transaction has time for beside a sale.
SEATS_AT_ONCE = 2_000
ORDERS_AT_ONCE = 50

log = logger(__name__)


class RunProgress(NamedTuple):
    """A run, the date that it is for, and what it has left."""

    run: RefundRun
    performance_id: str
    currency: str
    left: LeftToDo


class RunStep(NamedTuple):
    """What a step did, and the paid orders that it has found. `went_on` is False where there is
    nothing to do at this moment."""

    went_on: bool
    paid: Sequence[UUID] = ()


async def progress(stores: Stores, performance_id: str) -> RunProgress:
    """How far the run of a date is. Raises PerformanceNotFound, RefundRunNotFound."""
    date = stores.catalogue.performance(performance_id)
    async with stores.postgres.transaction() as tx:
        run = await refund_runs.of_date(tx, date.key)
        if run is None:
            raise RefundRunNotFound
        left = await refund_runs.left_to_do(tx, date.key)
    return RunProgress(run, date.id, stores.catalogue.concert_of(date).currency, left)


async def steer(stores: Stores, who: str, performance_id: str, state: RunState) -> RefundRun:
    """Pause a run after its present step, or let it go on, also with the orders that it could not
    cancel. Raises PerformanceNotFound, RefundRunNotFound."""
    date = stores.catalogue.performance(performance_id)
    async with stores.postgres.transaction() as tx:
        run = await refund_runs.lock(tx, date.key)
        if run is None:
            raise RefundRunNotFound
        if run.state in ("done", state):
            return run
        run = run._replace(state=state, failed=[] if state == "running" else run.failed)
        await refund_runs.write(tx, run)
        action = "pause refunds" if state == "paused" else "resume refunds"
        details = {"performance": date.id}
        await controls.log(tx, stores.new_id(), date.concert_id, who, action, details)
    return run


async def take_step(stores: Stores, run: RefundRun) -> bool:
    """Take the next step of a run. Returns whether it went on: not when it is done or paused,
    another process has it, or all that is left is being paid. An order whose cancellation fails is
    noted, and the run goes on with the others. Raises StoreUnavailable."""
    date = await _date_of(stores, run)
    step = await _next_step(stores, run.id, date)
    for order_id in step.paid:
        try:
            if not await _cancel_one(stores, run.id, order_id):
                return False
        except StoreUnavailable:
            raise
        except Exception as error:
            order = str(order_id)
            log.error("order not cancelled by its refund run", order=order, exc_info=error)
            await _note_failure(stores, run.id, order_id)
    return step.went_on


async def _next_step(stores: Stores, run_id: UUID, date: Performance) -> RunStep:
    """Close seats, release holds or end the run; what is paid is left to `_cancel_one`."""
    async with stores.postgres.transaction() as tx:
        run = await refund_runs.take(tx, run_id)
        if run is None:
            return RunStep(went_on=False)
        if await date_changes.close_free_seats(tx, date.key, run.id, SEATS_AT_ONCE):
            await seat_blocks.announce_date(tx, date.key)
            return RunStep(went_on=True)
        found = await date_changes.orders_with_seats(
            tx, date.key, run.id, ORDERS_AT_ONCE, run.failed
        )
        held = [each.id for each in found if each.status == "held"]
        if held and await _release(tx, held):
            await seat_blocks.announce_date(tx, date.key)
            return RunStep(went_on=True)
        if not found:
            await _end(tx, stores, run, date)
        paid = [each.id for each in found if each.status == "paid"]
    return RunStep(went_on=bool(paid), paid=paid)


async def _cancel_one(stores: Stores, run_id: UUID, order_id: UUID) -> bool:
    """One order in a transaction of its own, so that a run locks no two fans. Returns False where
    the run is paused, or another process has it."""
    async with stores.postgres.transaction() as tx:
        run = await refund_runs.take(tx, run_id)
        if run is not None:
            await refund_runs.write(tx, await _cancel(tx, stores, run, order_id))
    return run is not None


async def _note_failure(stores: Stores, run_id: UUID, order_id: UUID) -> None:
    async with stores.postgres.transaction() as tx:
        run = await refund_runs.take(tx, run_id)
        if run is not None:
            await refund_runs.write(tx, run._replace(failed=[*run.failed, order_id]))


async def _release(tx: Transaction, order_ids: list[UUID]) -> int:
    """Release held orders; the next step closes their seats."""
    locked = await (await orders.lock_orders(tx, order_ids)).rows()
    held = [
        each.id
        for each in locked
        if each.order is not None and each.order.status == "held" and not each.is_being_paid
    ]
    if held:
        await seats.lock_seats_of_orders(tx, held)
        for order_id in held:
            await orders.mark_released(tx, order_id)
        await seats.free_seats_of(tx, held)
    return len(held)


async def _cancel(tx: Transaction, stores: Stores, run: RefundRun, order_id: UUID) -> RefundRun:
    """Cancel an order in full, unless its fan or an operator just has. Raises OrderDisputed."""
    origin = await orders.origin_of(tx, order_id)
    assert origin is not None, "an order that has seats is there"
    await orders.lock_buyers(tx, [origin.user_id])
    wallets = await (await ledger.lock_wallets(tx, [origin.user_id])).rows()
    locked = await (await orders.lock_orders(tx, [order_id])).one()
    order = orders.require_owner(locked.order, origin.user_id)
    if order.status != "paid":
        return run
    await require_no_open_dispute(tx, order_id)
    payment = await payments.of_order(tx, order_id)
    made = await (await refunds.of_orders(tx, [order_id])).rows()
    left = refunds.left_of(payment.amount, made)
    await sold_seats.lock(tx, order.performance_key, order.seat_numbers)
    quoted = quote(order, order.seat_numbers, IN_FULL, closes_at=None, left=left)
    said = CancelledBy(stores.new_id(), locked.now, run.requested_by, run.reason)
    cancellation = cancelled_seats(order, quoted, said)
    balance = ledger.balances(wallets).get(order.user_id, 0)
    await carry_out(tx, stores, order, quoted, cancellation, balance, "date_cancelled")
    return run._replace(orders=run.orders + 1, refunded=run.refunded + quoted.refund)


async def _end(tx: Transaction, stores: Stores, run: RefundRun, date: Performance) -> None:
    """Nothing is left: it is done, or waits for an operator with the orders that it could not
    cancel."""
    state: RunState = "paused" if run.failed else "done"
    run = run._replace(state=state)
    await refund_runs.write(tx, run)
    details = {
        "performance": date.id,
        "orders": run.orders,
        "refund": run.refunded,
        "failed": [str(each) for each in run.failed],
    }
    action = "refunds done" if state == "done" else "refunds paused"
    await controls.log(tx, stores.new_id(), date.concert_id, run.requested_by, action, details)
    # So that the seats that are left are counted again.
    await controls.announce(tx, date.concert_id)
    if run.failed:
        orders_failed = [str(each) for each in run.failed]
        log.error("refunds paused: orders could not be cancelled", orders=orders_failed)


async def _date_of(stores: Stores, run: RefundRun) -> Performance:
    """The date of a run, which another process may have loaded just now."""
    found = _by_key(stores.catalogue, run.performance_key)
    if found is None:
        await stores.catalogue.refresh()
        found = _by_key(stores.catalogue, run.performance_key)
    assert found is not None, "a run goes with its date"
    return found


def _by_key(catalogue: Catalogue, key: int) -> Performance | None:
    return next((date for date in catalogue.performances.values() if date.key == key), None)
