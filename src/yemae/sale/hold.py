"""좌석 예약 · Hold: seats are locked for a fan, all or none, in one transaction for a batch."""

from datetime import datetime
from functools import partial

from yemae.base.batching import Done, decided_apart
from yemae.concerts import seats
from yemae.orders import orders as order_book
from yemae.orders.decide import HoldRequest, Order, SeatOnOffer, decide_holds, same_hold
from yemae.payments import payments
from yemae.refusals import (
    Refusal,
)
from yemae.runtime import Runtime
from yemae.sale import follow_ups, row_locks
from yemae.sale.replays import keys_of, latest, new_answers
from yemae.store.postgres import Transaction
from yemae.values.pass_key import PassKey


async def hold(runtime: Runtime, requests: list[HoldRequest], *, wait: bool = True) -> Done[Order]:
    """One transaction for everybody who asked in the same moment; then the passes follow."""
    fans = [request.user_id for request in requests]
    wanted = [(r.performance_key, number) for r in requests for number in r.seat_numbers]
    async with runtime.postgres.transaction() as tx:
        buyers_sent = await order_book.lock_buyers(tx, fans, wait=wait)
        counts_sent = await order_book.seats_of_buyers(tx, fans)
        earlier_sent = await order_book.by_idempotency_key(tx, keys_of(requests))
        used_sent = await payments.passes_used(tx, [r.pass_key for r in requests])
        seats_sent = await seats.lock_seats(tx, wanted, wait=wait)
        locked = [seats.LockedSeat(*row) for row in await seats_sent.rows()]
        busy = row_locks.busy_of_holds(await buyers_sent.rows(), locked)
        earlier = {
            (row.user_id, row.idempotency_key): order_book.read_order(row)
            for row in await earlier_sent.rows()
        }
        used = {PassKey(*row) for row in await used_sent.rows()}
        now = latest(locked)
        decide = partial(
            decide_holds,
            seats={
                (s.performance_key, s.number): SeatOnOffer(s.grade, s.price, s.free) for s in locked
            },
            seats_of_buyers={
                (row.user_id, row.performance_key): row.seats for row in await counts_sent.rows()
            },
            earlier=earlier,
            passes_used=used,
            begun=_begun(runtime, requests, now),
            now=now,
            hold_ttl_s=runtime.settings.hold_ttl_s,
            new_id=runtime.new_id,
        )
        answers = decided_apart(requests, busy, row_locks.hold_waits_for, decide)
        opened = new_answers(answers, earlier.values())
        await _write_holds(tx, opened)
    return Done(answers, follow_ups.after_hold(runtime, opened, used))


def _begun(runtime: Runtime, requests: list[HoldRequest], now: datetime) -> set[int]:
    """Those of the wanted performances that have begun by the store's clock."""
    dates = {
        request.performance_key: runtime.catalogue.performances.get(request.performance_id)
        for request in requests
    }
    return {key for key, date in dates.items() if date is not None and date.has_begun(now)}


async def earlier_hold(runtime: Runtime, request: HoldRequest) -> Order | Refusal | None:
    """What a hold with this Idempotency-Key was answered before, if it was."""
    async with runtime.postgres.transaction() as tx:
        row = await (await order_book.by_idempotency_key(tx, keys_of([request]))).row()
    return None if row is None else same_hold(request, order_book.read_order(row))


async def _write_holds(tx: Transaction, opened: list[Order]) -> None:
    if not opened:
        return
    claims = [
        seats.Claim(order.performance_key, number, order.id, order.expires_at)
        for order in opened
        for number in order.seat_numbers
    ]
    await order_book.open_held(tx, opened)
    await seats.claim_seats(tx, claims)
