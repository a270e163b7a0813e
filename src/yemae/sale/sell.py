"""현장 판매 · Sell: an operator sells seats at the box office, for cash or complimentary.

One transaction: the order, its seats and tickets, the payment with the cash that came in, and the
line in the log. No queue, no pass and no limit of a fan. A seat that a fan holds, that is sold, or
that is in another block than the one named, is refused. It locks as every verb does: concert,
buyer, wallet, seats.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from yemae.accounts import users
from yemae.accounts.access import USER_ID
from yemae.concerts import controls, seat_blocks, sold_seats
from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.orders import box_office, orders
from yemae.orders.box_office import BoxOfficeSale
from yemae.orders.order import Order
from yemae.payments.payment import Payment
from yemae.refusals import InvalidRequest, SaleClosed, SeatNotFound
from yemae.runtime import Stores
from yemae.sale.decide_box_office import SellWish, decide_order, require_same
from yemae.sale.decide_payments import Paid
from yemae.sale.hold import seat_numbers
from yemae.sale.move import TAKE_SEATS, block_named
from yemae.sale.pay import write_sales
from yemae.store.errors import broken_index
from yemae.store.postgres import Transaction
from yemae.wallet import ledger
from yemae.wallet.decide import handed_over

SEATS_MAX = 100
# The turn of one operator's keys; no user id begins with @.
TURN = "@box_office:{}"
# The id of a buyer without an account.
WALK_IN = "box-office-{}"


class BoxOfficeOrder(NamedTuple):
    """An order of the box office, and how it was sold."""

    order: Order
    sale: BoxOfficeSale


async def sell_at_box_office(stores: Stores, who: str, wish: SellWish) -> BoxOfficeOrder:
    """Sell seats, once for each Idempotency-Key of an operator. Raises PerformanceNotFound,
    SaleClosed, SeatNotFound, SeatsInTheWay, BlockNotFound, InvalidRequest, IdempotencyConflict and
    the refusals of `decide_order`."""
    numbers = seat_numbers(wish.seats, SEATS_MAX)
    _require_whole(wish, numbers)
    await stores.catalogue.know([wish.performance_id])
    performance = stores.catalogue.performance(wish.performance_id)
    concert = stores.catalogue.concert_of(performance)
    # A date that is cancelled at this moment refunds what was sold of it in between.
    if concert.archived or performance.cancelled_at is not None:
        raise SaleClosed
    try:
        return await _sell(stores, who, wish, numbers, concert, performance)
    except Exception as error:
        if broken_index(error) != orders.BOOKING_NUMBERS:
            raise
        # The new id had the booking number of another order; the next one does not.
        return await _sell(stores, who, wish, numbers, concert, performance)


async def _sell(
    stores: Stores,
    who: str,
    wish: SellWish,
    numbers: Sequence[str],
    concert: Concert,
    performance: Performance,
) -> BoxOfficeOrder:
    order_id = stores.new_id()
    async with stores.postgres.transaction() as tx:
        # So that every process counts the seats again. It locks the concert, which blocks and loads
        # lock before seats.
        await controls.announce(tx, concert.id)
        user_id = await _buyer(tx, wish, order_id)
        await orders.lock_buyers(tx, [user_id, TURN.format(who)])
        earlier = await box_office.by_key(tx, who, wish.idempotency_key)
        if earlier is not None:
            return await _repeated(tx, wish, numbers, earlier)
        balance, now = await _wallet(tx, wish, user_id, concert.currency)
        block_id = await block_named(tx, concert.id, wish.from_block)
        locked = await sold_seats.lock(tx, performance.key, numbers)
        seats = {seat.number: seat for seat in locked}
        if unknown := [number for number in numbers if number not in seats]:
            raise SeatNotFound(unknown)
        if taken := [n for n in numbers if seats[n].taken_by not in (None, block_id)]:
            raise await seat_blocks.in_the_way(tx, [(performance.key, n) for n in taken])
        order = decide_order(
            wish, numbers, seats, concert, performance, user_id=user_id, now=now, order_id=order_id
        )
        return await _write(tx, stores, who, wish, order, balance, block_id)


def _require_whole(wish: SellWish, numbers: Sequence[str]) -> None:
    """Raises InvalidRequest."""
    if not numbers:
        raise InvalidRequest.of("seats", "Expected at least one")
    if wish.price_types and len(wish.price_types) != len(numbers):
        raise InvalidRequest.of("price_types", "Expected one for each seat")
    if wish.price_types and wish.tender == "complimentary":
        raise InvalidRequest.of("price_types", "a complimentary ticket has none")
    if (wish.user is None) == (wish.name is None):
        raise InvalidRequest.of("name", "Expected a fan or the name of a person")


async def _buyer(tx: Transaction, wish: SellWish, order_id: UUID) -> str:
    """The fan, or the id of a person without an account, who has a row of their own when the sale
    is written. Another issuer may use any id, also one that reads like an address. Raises
    InvalidRequest for an address of no fan and for what can't be an id."""
    if wish.user is None:
        return WALK_IN.format(order_id)
    if "@" in wish.user:
        if (account := await users.by_email(tx, wish.user)) is not None:
            return account.user.id
        if await users.by_id(tx, wish.user) is None:
            raise InvalidRequest.of("user", "no fan has this e-mail address")
    if not USER_ID.fullmatch(wish.user):
        raise InvalidRequest.of("user", "Expected the id or the e-mail address of a fan")
    return wish.user


async def _wallet(
    tx: Transaction, wish: SellWish, user_id: str, currency: str
) -> tuple[int, datetime]:
    """The balance of the buyer under its lock, and the time."""
    await users.ensure_users(tx, [user_id])
    if wish.name is not None:
        await users.name_user(tx, user_id, wish.name)
    await ledger.ensure_wallets(tx, [user_id], currency)
    wallets = await (await ledger.lock_wallets(tx, [user_id])).rows()
    return ledger.balances(wallets)[user_id], wallets[0].now


async def _repeated(
    tx: Transaction, wish: SellWish, numbers: Sequence[str], earlier: BoxOfficeSale
) -> BoxOfficeOrder:
    """What this key sold before. Raises IdempotencyConflict when it was something else."""
    order = await orders.by_id(tx, earlier.order_id)
    assert order is not None, "a sale without its order"
    require_same(wish, numbers, earlier.tender, order)
    return BoxOfficeOrder(order, earlier)


async def _write(
    tx: Transaction,
    stores: Stores,
    who: str,
    wish: SellWish,
    order: Order,
    balance: int,
    block_id: UUID | None,
) -> BoxOfficeOrder:
    now, key = order.created_at, order.performance_key
    await orders.open_held(tx, [order])
    await tx.execute(
        TAKE_SEATS,
        performance_key=key,
        order_id=order.id,
        numbers=order.seat_numbers,
        held_until=order.expires_at,
        block_id=block_id,
    )
    cash = None
    if order.total:
        cash = handed_over(
            order.user_id, order.total, balance, transfer_id=stores.new_id(), now=now
        )
        await ledger.append(tx, [cash])
    payment = Payment(
        id=stores.new_id(),
        order_id=order.id,
        user_id=order.user_id,
        concert_id=order.concert_id,
        pass_number=order.pass_number,
        amount=order.total,
        balance_after=balance,
        paid_at=now,
        idempotency_key=None,
        terms=None,
    )
    await write_sales(tx, stores, [Paid(payment, order)])
    transfer_id = None if cash is None else cash.id
    sale = BoxOfficeSale(order.id, wish.tender, who, wish.idempotency_key, transfer_id, now)
    await box_office.write(tx, sale)
    await _log(tx, stores, wish, order, sale)
    await seat_blocks.announce(tx, [(key, number) for number in order.seat_numbers])
    return BoxOfficeOrder(order._replace(status="paid"), sale)


async def _log(
    tx: Transaction, stores: Stores, wish: SellWish, order: Order, sale: BoxOfficeSale
) -> None:
    details = {
        "order": str(order.id),
        "performance": order.performance_id,
        "seats": order.seat_numbers,
        "tender": sale.tender,
        "total": order.total,
        "block": wish.from_block,
    }
    await controls.log(tx, stores.new_id(), order.concert_id, sale.sold_by, "sell", details)
