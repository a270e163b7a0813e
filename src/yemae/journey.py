"""The flow, top to bottom: join → admitted → hold → pay; and leave, release.

The only module that composes the nouns. The hot verbs take a list, everybody who asked in the
same moment, and answer each with a value or a Refusal; `desk.py` gathers the callers. A verb raises
only as long as nothing was committed; what follows its commit is a list of steps in `Done`, which
fail without a consequence for the answers. Locks are taken in one order everywhere: buyers,
wallets, orders, seats; each kind by key. Without `wait`, a verb takes the locks that are free and
answers a request whose rows are locked elsewhere with Later; its second batch waits.

Longer than other files here, because the whole flow is meant to be read in one place.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from yemae import blocks, doors, follow_ups, row_locks
from yemae.accounts import users
from yemae.batching import Done, FollowUp, Later, decided_apart, follow_up
from yemae.concerts import seats
from yemae.house import House
from yemae.orders import orders as order_book
from yemae.orders import payments
from yemae.orders.decide import (
    HoldRequest,
    Order,
    Paid,
    Payment,
    PayRequest,
    SeatOnOffer,
    decide_holds,
    decide_payments,
    same_hold,
    seats_wanted,
)
from yemae.passes import each_concert, used_for_payment
from yemae.refusals import (
    IdempotencyConflict,
    InternalError,
    OrderNotFound,
    OrderNotHeld,
    Overloaded,
    PresaleCodeInvalid,
    ProofOfWorkInvalid,
    ProofOfWorkRequired,
    QueueClosed,
    QueueTokenExpired,
    RateLimited,
    Refusal,
    SeatLimitExceeded,
    StoreUnavailable,
)
from yemae.store.postgres import Transaction
from yemae.waiting_room import line
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.line import Joining, Standing
from yemae.waiting_room.tokens import QueueToken
from yemae.wallet import ledger
from yemae.wallet.decide import SALES, TopUpRequest, Transfer, decide_top_ups

log = structlog.get_logger(__name__)


class JoinRequest(NamedTuple):
    """A fan who wants a place."""

    concert_id: str
    user_id: str
    # A priority group's, or 0, the general one.
    lane: int = 0
    # Where it comes from; empty: unknown, and not counted.
    address: str = ""
    # A challenge of this concert that they have solved.
    solved: Solved | None = None
    # Whether they gave a presale code, and which: '', 'right' or 'wrong'.
    code: str = ""


# --- 대기열 · the waiting room ----------------------------------------------------------------


async def join(house: House, requests: list[JoinRequest]) -> Done[Standing]:
    """Give everybody their place: the one they have, or a new one."""
    return Done(await each_concert(requests, lambda id_, group: _join(house, id_, group)))


async def _join(
    house: House, concert_id: str, requests: list[JoinRequest]
) -> dict[JoinRequest, Standing | Refusal]:
    concert = house.catalogue.concert(concert_id)
    is_draw = concert.queueing_method == "draw"
    fans = [
        Joining(
            request.user_id,
            request.lane,
            doors.drawn_number(concert, request.user_id) if is_draw else None,
            request.address,
            request.solved,
            request.code,
        )
        for request in requests
    ]
    standings = await line.join(
        house.valkey,
        concert_id,
        fans,
        house.pace(concert),
        door=doors.join_door(concert, house.now()),
        opens_at_ms=doors.unix_ms(concert.sale_opens_at),
        entry_ttl_s=concert.entry_ttl_s,
        joins_per_address=concert.joins_per_address_per_minute,
        proof_kept_s=house.challenges.kept_s if concert.proof_of_work else 0,
        wrong_codes_max=house.settings.presale_code_failures_per_address_per_minute,
    )
    return dict(zip(requests, map(_joined, standings), strict=True))


def _joined(standing: Standing) -> Standing | Refusal:
    match standing.word:
        case "refused":
            return QueueClosed()
        case "unproven":
            return ProofOfWorkRequired()
        case "used":
            return ProofOfWorkInvalid()
        case "wrong_code":
            return PresaleCodeInvalid()
        case "too_many":
            return RateLimited(standing.retry_after_s)
    return standing


async def place(house: House, requests: list[QueueToken]) -> Done[Standing]:
    """Where everybody stands. A place that the store has lost is put back from its token."""
    return Done(await each_concert(requests, lambda id_, group: _place(house, id_, group)))


async def _place(
    house: House, concert_id: str, tokens: list[QueueToken]
) -> dict[QueueToken, Standing | Refusal]:
    pace = house.pace(house.catalogue.concert(concert_id))
    standings = await line.place(house.valkey, concert_id, tokens, pace)
    answers = dict(zip(tokens, map(_placed, standings), strict=True))
    lost = [token for token, at in zip(tokens, standings, strict=True) if at.word == "lost"]
    if lost:
        try:
            used = await used_for_payment(house, lost)
        except StoreUnavailable as refusal:
            # The others of this batch don't need PostgreSQL.
            return answers | dict.fromkeys(lost, refusal)
        back = [token for token in lost if token not in used]
        await line.restore(house.valkey, concert_id, back, pace)
        standings = await line.place(house.valkey, concert_id, back, pace)
        answers |= dict.fromkeys(used, QueueTokenExpired())
        answers |= dict(zip(back, map(_placed, standings), strict=True))
    return answers


def _placed(standing: Standing) -> Standing | Refusal:
    if standing.word in ("waiting", "admitted"):
        return standing
    # Lost again after it was put back: the store is losing its data just now.
    return StoreUnavailable() if standing.word == "lost" else QueueTokenExpired()


async def leave(house: House, token: QueueToken) -> None:
    """Give a place up, waiting or inside."""
    await line.leave(house.valkey, token.concert_id, token.user_id, token.number)


# --- 콘서트 · what can be booked ---------------------------------------------------------------


async def seats_left(house: House, performance_keys: list[int]) -> Done[int]:
    """How many seats of each performance can be booked now."""
    async with house.postgres.transaction() as tx:
        left = await seats.seats_left(tx, sorted(set(performance_keys)))
    return Done([left.get(key, 0) for key in performance_keys])


async def free_seats(house: House, performance_keys: list[int]) -> Done[bytes]:
    """The seats of each performance that can be booked now, as the answer's JSON. Everybody who
    asked for the same performance in the same moment shares one look."""
    async with house.postgres.transaction() as tx:
        lists = {key: await house.seat_lists.free_seats(tx, key) for key in set(performance_keys)}
    return Done([lists[key] for key in performance_keys])


# --- 좌석 예약 · the hold ---------------------------------------------------------------------


async def hold(house: House, requests: list[HoldRequest], *, wait: bool = True) -> Done[Order]:
    """One transaction for everybody who asked in the same moment; then the passes follow."""
    fans = [request.user_id for request in requests]
    wanted = [(r.performance_key, number) for r in requests for number in r.seat_numbers]
    entries = _passes(house, requests)
    async with house.postgres.transaction() as tx:
        buyers_sent = await order_book.lock_buyers(tx, fans, wait=wait)
        counts_sent = await order_book.seats_of_buyers(tx, fans)
        earlier_sent = await order_book.by_idempotency_key(tx, _keys(requests))
        used_sent = await payments.passes_used(tx, entries)
        seats_sent = await seats.lock_seats(tx, wanted, wait=wait)
        locked = [seats.LockedSeat(*row) for row in await seats_sent.rows()]
        busy = row_locks.busy_of_holds(await buyers_sent.rows(), locked)
        earlier = {
            (row.user_id, row.idempotency_key): order_book.read_order(row)
            for row in await earlier_sent.rows()
        }
        used = {(row.user_id, row.pass_number) for row in await used_sent.rows()}
        now = _latest(locked)
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
            begun=_begun(house, requests, now),
            now=now,
            hold_ttl_s=house.settings.hold_ttl_s,
            new_id=house.new_id,
        )
        answers = decided_apart(requests, busy, row_locks.hold_waits_for, decide)
        opened = _new(answers, earlier.values())
        await _write_holds(tx, opened)
    stale = [
        (concert_id, user_id, number)
        for user_id, concert_id, number in entries
        if (user_id, number) in used
    ]
    return Done(answers, follow_ups.after_hold(house, opened, stale))


def _begun(house: House, requests: list[HoldRequest], now: datetime) -> set[int]:
    """Those of the wanted performances that have begun by the store's clock."""
    dates = {
        request.performance_key: house.catalogue.by_key.get(request.performance_key)
        for request in requests
    }
    return {key for key, date in dates.items() if date is not None and date.has_begun(now)}


async def hold_best(house: House, requests: list[HoldRequest], *, wait: bool = True) -> Done[Order]:
    """Holds of fans who left the choice to us: each is offered the best block that nobody else is
    offered, and another one as long as it turns out to be gone, or locked elsewhere."""
    answers: dict[int, Order | Refusal | Later] = dict(await _over_the_limit(house, requests))
    steps: list[FollowUp] = []
    waiting = [each for each in enumerate(requests) if each[0] not in answers]
    for attempt in range(blocks.OFFERS_MAX):
        try:
            found = await _hold_offers(house, [each for _, each in waiting], attempt, wait=wait)
        except Exception as error:
            if not attempt:
                raise
            # The others' holds are committed, so this batch must not be run again.
            answers |= dict.fromkeys([place for place, _ in waiting], _refused(error))
            break
        steps += found.follow_ups
        lost = []
        for (place, request), answer in zip(waiting, found.answers, strict=True):
            answers[place] = answer
            if blocks.is_lost(house, request, answer):
                lost.append((place, request))
        waiting = lost
        if not waiting:
            break
    else:
        # Whoever has lost every time is one of very many: not the moment to say that all is gone.
        answers |= dict.fromkeys([place for place, _ in waiting], Overloaded())
    return Done([answers[place] for place in range(len(requests))], steps)


async def _over_the_limit(house: House, requests: list[HoldRequest]) -> dict[int, Refusal]:
    """Those of these requests, by their place, that the seat limit refuses: offering them seats
    would keep these from others. Looked at without a lock, so the hold decides again."""
    async with house.postgres.transaction() as tx:
        counts_sent = await order_book.seats_of_buyers(tx, [r.user_id for r in requests])
        earlier_sent = await order_book.by_idempotency_key(tx, _keys(requests))
        counts = {(row.user_id, row.performance_key): row.seats for row in await counts_sent.rows()}
        earlier = {(row.user_id, row.idempotency_key) for row in await earlier_sent.rows()}
    return {
        place: SeatLimitExceeded(request.seat_limit)
        for place, request in enumerate(requests)
        if (request.user_id, request.idempotency_key) not in earlier
        and counts.get((request.user_id, request.performance_key), 0) + seats_wanted(request)
        > request.seat_limit
    }


async def _hold_offers(
    house: House, requests: list[HoldRequest], attempt: int, *, wait: bool
) -> Done[Order]:
    async with blocks.offered(house, requests, attempt) as offers:
        return await hold(house, offers, wait=wait)


def _refused(error: Exception) -> Refusal:
    """What a request is answered whose batch has failed after others of it were committed."""
    if isinstance(error, Refusal):
        return error
    log.error("hold failed", error=repr(error), exc_info=error)
    return InternalError()


async def earlier_hold(house: House, request: HoldRequest) -> Order | Refusal | None:
    """What a hold with this Idempotency-Key was answered before, if it was."""
    async with house.postgres.transaction() as tx:
        row = await (await order_book.by_idempotency_key(tx, _keys([request]))).row()
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


async def release(house: House, user_id: str, order_id: UUID) -> Order:
    """Give a held order back; its seats are free at once. Raises OrderNotFound, OrderNotHeld."""
    async with house.postgres.transaction() as tx:
        row = await (await order_book.lock_orders(tx, [order_id])).row()
        if row is None or row.user_id != user_id:
            raise OrderNotFound
        order = order_book.read_order(row)
        status = order_book.status_at(order, row.now)
        if status != "held":
            raise OrderNotHeld(status)
        await seats.lock_seats_of_orders(tx, [order_id])
        await order_book.mark_released(tx, order_id)
        await seats.free_seats_of(tx, [order_id])
        left = await order_book.pass_held_until(tx, user_id, order.pass_number)
    await follow_up("release", follow_ups.after_release(house, order, row.now, left))
    return order._replace(status="released")


# --- 잔액 · the wallet ------------------------------------------------------------------------


async def top_up(
    house: House, requests: list[TopUpRequest], *, wait: bool = True
) -> Done[Transfer]:
    """Credit everybody who topped up in the same moment, each key once."""
    fans = [request.user_id for request in requests]
    async with house.postgres.transaction() as tx:
        await users.ensure_users(tx, fans)
        await ledger.ensure_wallets(tx, fans, house.settings.currency)
        wallets_sent = await ledger.lock_wallets(tx, fans, wait=wait)
        earlier_sent = await ledger.top_ups_by_key(tx, _keys(requests))
        wallets = await wallets_sent.rows()
        earlier = {
            (row.user_id, row.idempotency_key): Transfer(*row) for row in await earlier_sent.rows()
        }
        busy = row_locks.busy_of_top_ups(wallets)
        decide = partial(
            decide_top_ups,
            balances={row.user_id: row.balance for row in wallets},
            earlier=earlier,
            now=_latest(wallets),
            balance_max=house.settings.largest_balance,
            currency=house.settings.currency,
            new_id=house.new_id,
        )
        answers = decided_apart(requests, busy, row_locks.top_up_waits_for, decide)
        await ledger.append(tx, _new(answers, earlier.values()))
    return Done(answers)


# --- 결제 · the payment -----------------------------------------------------------------------


async def pay(house: House, requests: list[PayRequest], *, wait: bool = True) -> Done[Paid]:
    """Check the hold, check the balance, debit and sell: one transaction; then the pass ends."""
    fans = [request.user_id for request in requests]
    order_ids = [request.order_id for request in requests]
    async with house.postgres.transaction() as tx:
        # A fan with free tickets only has no wallet to lock, and their keys must hold as well.
        buyers_sent = await order_book.lock_buyers(tx, fans, wait=wait)
        wallets_sent = await ledger.lock_wallets(tx, fans, wait=wait)
        orders_sent = await order_book.lock_orders(tx, order_ids, wait=wait)
        seats_sent = await seats.lock_seats_of_orders(tx, order_ids, wait=wait)
        earlier_sent = await payments.payments_by_key(tx, _keys(requests))
        used_sent = await payments.passes_used(
            tx, [(r.user_id, r.concert_id, r.pass_number) for r in requests]
        )
        wallets, orders = await wallets_sent.rows(), await orders_sent.rows()
        locked_seats = await seats_sent.rows()
        busy = row_locks.busy_of_payments(await buyers_sent.rows(), wallets, orders, locked_seats)
        orders = [row for row in orders if not row.is_busy]
        earlier = {
            (row.user_id, row.idempotency_key): Payment(*row) for row in await earlier_sent.rows()
        }
        await house.catalogue.know(row.performance_key for row in orders)
        intact: dict[UUID, int] = defaultdict(int)
        for row in locked_seats:
            intact[row.order_id] += row.still_held
        decide = partial(
            decide_payments,
            orders={row.id: order_book.read_order(row) for row in orders},
            intact=intact,
            balances={row.user_id: row.balance for row in wallets},
            earlier=earlier,
            passes_used={(row.user_id, row.pass_number) for row in await used_sent.rows()},
            concert_of=lambda key: house.catalogue.by_key[key].concert_id,
            now=_latest([*orders, *locked_seats]),
            new_id=house.new_id,
        )
        answers = decided_apart(requests, busy, row_locks.payment_waits_for, decide)
        sales = _new(answers, earlier.values())
        await _write_sales(tx, house, sales)
    return Done(answers, follow_ups.after_payment(house, sales))


async def earlier_payment(house: House, request: PayRequest) -> Paid | Refusal | None:
    """What a payment with this Idempotency-Key was answered before, if it was."""
    async with house.postgres.transaction() as tx:
        row = await (await payments.payments_by_key(tx, _keys([request]))).row()
        if row is None:
            return None
        payment = Payment(*row)
        if payment.order_id != request.order_id:
            return IdempotencyConflict()
        order = await order_book.order_of(tx, payment.order_id, request.user_id)
    assert order is not None, "a payment without its order"
    return Paid(payment, order)


async def _write_sales(tx: Transaction, house: House, sales: list[Paid]) -> None:
    """The debit and the sale, or neither."""
    if not sales:
        return
    await order_book.mark_paid(tx, [order.id for _, order in sales])
    await seats.sell_seats(
        tx,
        [
            (order.performance_key, number, order.id)
            for _, order in sales
            for number in order.seat_numbers
        ],
    )
    await payments.write_payments(tx, [payment for payment, _ in sales])
    await ledger.append(
        tx,
        [
            Transfer(
                id=house.new_id(),
                user_id=payment.user_id,
                kind="payment",
                from_account=payment.user_id,
                to_account=SALES,
                amount=payment.amount,
                balance_after=payment.balance_after,
                order_id=payment.order_id,
                idempotency_key=None,
                created_at=payment.paid_at,
            )
            for payment, _ in sales
            if payment.amount
        ],
    )


# --- Small things that several verbs need -----------------------------------------------------


def _keys(
    requests: Iterable[HoldRequest] | Iterable[PayRequest] | Iterable[TopUpRequest],
) -> list[tuple[str, str]]:
    """The (user, Idempotency-Key) pairs of those requests that have one."""
    return [(r.user_id, r.idempotency_key) for r in requests if r.idempotency_key]


def _passes(house: House, requests: Iterable[HoldRequest]) -> list[tuple[str, str, int]]:
    """The (user, concert, pass number) that each hold was asked for with."""
    by_key = house.catalogue.by_key
    return [(r.user_id, by_key[r.performance_key].concert_id, r.pass_number) for r in requests]


def _new(answers: Iterable[Any], earlier: Iterable[Any]) -> list[Any]:
    """The answers that are neither refusals, repeats nor Later: what is still to be written."""
    known = {answer.id for answer in earlier}
    made = (answer for answer in answers if not isinstance(answer, Refusal | Later))
    fresh = {answer.id: answer for answer in made if answer.id not in known}
    return list(fresh.values())


def _latest(rows: Iterable[Any]) -> datetime:
    """The store's time after the last lock was had. Without a row nothing hangs on it."""
    return max((row.now for row in rows), default=datetime.min.replace(tzinfo=UTC))
