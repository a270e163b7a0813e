"""좌석 변경 · Move: an operator gives a held or paid order other seats of its performance.

One transaction: the seats, the tickets, the order, the difference in price, which goes back to what
paid the order, or is charged to the wallet or taken in cash, and the line in the log. The tickets
of the seats that are left open no door from its commit on. It locks as every verb does: concert,
wallet, order, seats.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.concerts import controls, seat_blocks, seats, sold_seats
from yemae.concerts.sold_seats import SeatOfAnOrder
from yemae.orders import box_office, ticket_links
from yemae.orders import orders as order_book
from yemae.orders.order import Order
from yemae.outbox import messages as outbox
from yemae.payments import payments, refunds
from yemae.refusals import (
    BlockNotFound,
    CheckoutInProgress,
    InvalidRequest,
    OrderNotFound,
    SeatNotFound,
)
from yemae.runtime import Stores
from yemae.sale import announcements
from yemae.sale.decide_moves import Move, PaidFrom, Pricing, decide_move, seats_in_the_way
from yemae.sale.decide_refunds import Ledger
from yemae.sale.disputed_orders import require_no_open_dispute
from yemae.sale.hold import seat_numbers
from yemae.sale.refund_destination import send_to_source
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries
from yemae.values import money
from yemae.wallet import ledger
from yemae.wallet.decide import SALES, Kind, Transfer, handed_over


class OrderToMove(NamedTuple):
    """Whose order it is, and of which concert."""

    user_id: str
    concert_id: str


QUERIES = load_queries(__file__, "move.sql")
ORDER_TO_MOVE = Query(QUERIES["order_to_move"], OrderToMove)
TAKE_SEATS = QUERIES["take_seats"]


class MoveWish(NamedTuple):
    """Which seats an order is to have; `from_block` names the block that they may be in, and
    `surcharge` what pays the difference of dearer ones."""

    order_id: UUID
    seats: Sequence[str]
    from_block: str | None = None
    pricing: Pricing = "keep"
    surcharge: PaidFrom = "balance"


async def move_order(stores: Stores, who: str, wish: MoveWish) -> Move:
    """Give an order other seats. Raises OrderNotFound, SeatNotFound, SeatsInTheWay, BlockNotFound,
    CheckoutInProgress, or InvalidRequest for an order that is over and for what `decide_move`
    refuses."""
    numbers = seat_numbers(wish.seats)
    async with stores.postgres.transaction() as tx:
        found = await (await tx.send(ORDER_TO_MOVE, order_id=wish.order_id)).row()
        if found is None:
            raise OrderNotFound
        # So that every process counts the seats again: fewer are blocked after a move into a block.
        # It locks the concert, which blocks and loads lock before seats.
        await controls.announce(tx, found.concert_id)
        wallets = await (await ledger.lock_wallets(tx, [found.user_id])).rows()
        locked = await (await order_book.lock_orders(tx, [wish.order_id])).one()
        order = order_book.require_owner(locked.order, found.user_id)
        if locked.is_being_paid:
            raise CheckoutInProgress
        block_id = await block_named(tx, order.concert_id, wish.from_block)
        known = await _lock_seats(tx, order, numbers)
        _require_live(order, known)
        if taken := seats_in_the_way(order, numbers, known, block_id):
            key = order.performance_key
            raise await seat_blocks.in_the_way(tx, [(key, number) for number in taken])
        types = stores.catalogue.concert(order.concert_id).pricing.types
        balance = ledger.balances(wallets).get(order.user_id, 0)
        in_cash = wish.surcharge == "cash"
        if in_cash:
            await _require_sold_for_cash(tx, order)
        funds = None if in_cash else balance
        move = decide_move(order, numbers, known, wish.pricing, types, funds)
        await _require_left(tx, order, move)
        await _write(tx, order, move, block_id)
        if in_cash and move.surcharge:
            balance = await _take_cash(tx, stores, who, order, move.surcharge, balance, locked.now)
        await _settle(tx, stores, who, order, move, balance, locked.now)
        change_id = stores.new_id()
        await _log(tx, change_id, who, order, move, wish.surcharge)
        await _tell(tx, stores, change_id, order)
        await announcements.tell_of_move(tx, stores, order, move.leaves, locked.now)
        changed = [*move.leaves, *move.takes]
        await seat_blocks.announce(tx, [(order.performance_key, number) for number in changed])
    return move


async def block_named(tx: Transaction, concert_id: str, name: str | None) -> UUID | None:
    """The block that seats may come from. Raises BlockNotFound."""
    if name is None:
        return None
    found = (await seat_blocks.blocks_of(tx, concert_id)).get(name)
    if found is None:
        raise BlockNotFound
    return found.id


async def _lock_seats(
    tx: Transaction, order: Order, numbers: Sequence[str]
) -> dict[str, SeatOfAnOrder]:
    """The seats that the order has and those that it is to have. Raises SeatNotFound."""
    rows = await sold_seats.lock(tx, order.performance_key, {*order.seat_numbers, *numbers})
    known = {row.number: row for row in rows}
    if unknown := [number for number in numbers if number not in known]:
        raise SeatNotFound(unknown)
    return known


def _require_live(order: Order, known: dict[str, SeatOfAnOrder]) -> None:
    """Refuse an order that is over. A hold that ran out before its seats were locked is, too: their
    rows say so, and another fan may have them."""
    has = {number for number, seat in known.items() if seat.taken_by == order.id}
    if order.status not in ("held", "paid") or not has.issuperset(order.seat_numbers):
        status = "expired" if order.status == "held" else order.status
        raise InvalidRequest.of("order", f"is {status}; only a held or paid one can be moved")


async def _require_sold_for_cash(tx: Transaction, order: Order) -> None:
    """Raises InvalidRequest."""
    if await box_office.cash_of_order(tx, order.id) is None:
        raise InvalidRequest.of(
            "surcharge",
            "only an order that the box office sold for cash takes a difference in cash",
        )


async def _require_left(tx: Transaction, order: Order, move: Move) -> None:
    """Refuse to give back more than refunds of before have left of what was paid. Raises
    OrderDisputed."""
    if not move.refund:
        return
    await require_no_open_dispute(tx, order.id)
    paid = (await payments.of_order(tx, order.id)).amount
    left = refunds.left_of(paid, await (await refunds.of_orders(tx, [order.id])).rows())
    if move.refund > left:
        back, has = (money.amount(each, order.currency) for each in (move.refund, left))
        raise InvalidRequest.of(
            "price",
            f"the new seats cost {back} less and {has} of the payment is not refunded yet; with "
            "keep the order costs what was paid",
        )


async def _write(tx: Transaction, order: Order, move: Move, block_id: UUID | None) -> None:
    key = order.performance_key
    if order.status == "paid":
        await sold_seats.drop_tickets(tx, key, order.id, move.leaves)
    await sold_seats.leave(tx, key, order.id, move.leaves)
    await tx.execute(
        TAKE_SEATS,
        performance_key=key,
        order_id=order.id,
        numbers=move.takes,
        held_until="infinity" if order.status == "paid" else order.expires_at,
        block_id=block_id,
    )
    if order.status == "paid":
        await seats.issue_tickets(tx, [(key, number, order.id) for number in move.takes])
    await order_book.write_seats(tx, move.after)


async def _take_cash(
    tx: Transaction,
    stores: Stores,
    who: str,
    order: Order,
    amount: int,
    balance: int,
    now: datetime,
) -> int:
    """Cash for dearer seats comes into the wallet, which pays the difference as any wallet does;
    the balance with it. A refund gives it back in cash."""
    cash = handed_over(order.user_id, amount, balance, transfer_id=stores.new_id(), now=now)
    await ledger.append(tx, [cash])
    await box_office.write_surcharge(tx, order.id, transfer_id=cash.id, taken_by=who)
    return cash.balance_after


async def _settle(
    tx: Transaction, stores: Stores, who: str, order: Order, move: Move, balance: int, now: datetime
) -> None:
    """The difference, between wallet and sales account; it goes back to what paid the order."""
    gain = move.refund - move.surcharge
    if not gain:
        return
    kind: Kind = "refund" if gain > 0 else "surcharge"
    line = Transfer(
        id=stores.new_id(),
        user_id=order.user_id,
        kind=kind,
        from_account=SALES if gain > 0 else order.user_id,
        to_account=order.user_id if gain > 0 else SALES,
        amount=abs(gain),
        balance_after=balance + gain,
        order_id=order.id,
        idempotency_key=None,
        created_at=now,
    )
    payouts: list[Transfer] = []
    if move.refund:
        back = refunds.to_wallet(stores.new_id(), order.id, move.refund, now, by=who, reason="move")
        after = Ledger(order.user_id, line.balance_after, stores.new_id)
        parts, payouts = await send_to_source(tx, back, after)
        for part in parts:
            await announcements.tell_of_refund(tx, stores, part)
    await ledger.append(tx, [line, *payouts])


async def _log(
    tx: Transaction, change_id: UUID, who: str, order: Order, move: Move, paid_from: PaidFrom
) -> None:
    details: dict[str, object] = {
        "order": str(order.id),
        "performance": order.performance_id,
        "seats": {"from": order.seat_numbers, "to": move.after.seat_numbers},
        "total": {"from": order.total, "to": move.after.total},
        "refund": move.refund,
        "surcharge": move.surcharge,
    }
    if move.surcharge:
        details["surcharge_from"] = paid_from
    await controls.log(tx, change_id, order.concert_id, who, "move", details)


async def _tell(tx: Transaction, stores: Stores, change_id: UUID, order: Order) -> None:
    """The tickets of a paid order are others now: so is its link, which goes to its fan."""
    if order.status != "paid":
        return
    await ticket_links.revoke(tx, order.id)
    if stores.settings.tells_fans():
        await outbox.tell(tx, "tickets_moved", change_id, order.id)
