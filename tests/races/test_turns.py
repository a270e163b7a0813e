"""Callers who need the same rows in opposite orders: they take turns, and never wait in a circle.

Each circle is forced: a third session has the row in the middle locked, so both callers get
their first row and wait for that one; when it is given up, the ones who took their rows in
another order have what the other needs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any
from uuid import UUID

import psycopg
import pytest

from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from races.interleaving import DEADLINE_S, count, tally, until_done_or_waiting, without
from yemae.concerts import seats
from yemae.orders import orders
from yemae.runtime import Runtime
from yemae.sale import hold, pay, top_up
from yemae.sale.decide_payments import PayRequest
from yemae.store.postgres import NoRows, Sent, Transaction
from yemae.values.pass_key import PassKey
from yemae.wallet import ledger
from yemae.wallet.decide import TopUpRequest


async def while_locked(
    database_url: str, query: str, *callers: Coroutine[Any, Any, Any]
) -> list[Any]:
    """Let callers run into the locks of this query, one after the other; when all of them wait,
    give the locks up."""
    async with asyncio.timeout(DEADLINE_S):
        async with await psycopg.AsyncConnection.connect(database_url) as session:
            await session.execute(query.encode())
            tasks: list[asyncio.Task[Any]] = []
            for caller in callers:
                tasks.append(asyncio.create_task(caller))
                await until_done_or_waiting(database_url, *tasks)
        return list(await asyncio.gather(*tasks, return_exceptions=True))


# --- Seats: two holds ---------------------------------------------------------------------------

SEAT_BETWEEN = "select from seats where number = '5' for update"


async def two_holds(runtimes: list[Runtime], database_url: str) -> list[Any]:
    """Two fans want the same three seats, one of them from behind."""
    first, second = Fan(runtimes[0], "first"), Fan(runtimes[1], "second")
    return await while_locked(
        database_url, SEAT_BETWEEN, first.hold("1", "5", "9"), second.hold("9", "5", "1")
    )


async def seats_as_asked(
    tx: Transaction, wanted: Sequence[tuple[int, str]], *, wait: bool
) -> Sent[seats.LockedSeat]:
    assert wait
    return await tx.send(
        seats.LOCK_SEATS,
        performance_keys=[key for key, _ in wanted],
        numbers=[number for _, number in wanted],
    )


def lock_seats_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "lock_seats", seats_as_asked)


# --- Seats: a payment and the next hold ---------------------------------------------------------


async def payment_and_hold(runtimes: list[Runtime], database_url: str) -> list[Any]:
    """A fan pays for three seats that were asked for from behind, and another wants them."""
    fan, other = Fan(runtimes[0], "fan"), Fan(runtimes[1], "other")
    await fan.top_up()
    await fan.hold("9", "5", "1")
    travel(runtimes[1], runtimes[1].settings.sale.hold_ttl_s + 1)
    return await while_locked(database_url, SEAT_BETWEEN, fan.pay(), other.hold("1", "5", "9"))


def pay_for_seats_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    order = 'order by o.performance_key, a.area nulls first, a.position, n.number collate "C"'
    without(monkeypatch, seats, "LOCK_SEATS_OF_ORDERS", order)


# --- Fans: two batches of holds -----------------------------------------------------------------


async def fans_by_lock(runtime: Runtime, database_url: str) -> list[Fan]:
    """Three fans in the order of their turns."""
    key = "select hashtextextended('{}', 0)"
    keys = {f"fan-{n}": await count(database_url, key.format(f"fan-{n}")) for n in range(3)}
    return [Fan(runtime, user_id) for user_id in sorted(keys, key=keys.__getitem__)]


async def two_batches_of_holds(runtimes: list[Runtime], database_url: str) -> list[Any]:
    """The same three fans in two runtimes, in opposite orders."""
    fans = await fans_by_lock(runtimes[0], database_url)
    requests = [fan.hold_request(str(n + 1)) for n, fan in enumerate(fans)]
    return await while_locked(
        database_url,
        f"select pg_advisory_xact_lock(hashtextextended('{fans[1].user_id}', 0))",
        carried_out(hold.hold(runtimes[0], requests)),
        carried_out(hold.hold(runtimes[1], requests[::-1])),
    )


async def buyers_as_they_came(
    tx: Transaction, user_ids: Sequence[str], *, wait: bool
) -> Sent[orders.Buyer]:
    assert wait
    await tx.send(orders.LOCK_BUYERS, user_ids=list(user_ids))
    return NoRows()


def lock_buyers_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, orders, "LOCK_BUYERS", "select distinct", "select")
    without(monkeypatch, orders, "LOCK_BUYERS", "order by key")
    monkeypatch.setattr(orders, "lock_buyers", buyers_as_they_came)


# --- Wallets: two batches of top-ups ------------------------------------------------------------


async def two_batches_of_top_ups(runtimes: list[Runtime], database_url: str) -> list[Any]:
    """The same three fans, who have wallets already, in opposite orders."""
    requests = [TopUpRequest(f"fan-{n}", 1, "key") for n in range(3)]
    await carried_out(
        top_up.top_up(runtimes[0], [request._replace(idempotency_key="0") for request in requests])
    )
    return await while_locked(
        database_url,
        "select from wallets where user_id = 'fan-1' for update",
        carried_out(top_up.top_up(runtimes[0], requests)),
        carried_out(top_up.top_up(runtimes[1], requests[::-1])),
    )


async def wallets_as_they_came(
    tx: Transaction, user_ids: Sequence[str], *, wait: bool
) -> Sent[ledger.LockedWallet]:
    assert wait
    return await tx.send(ledger.LOCK_WALLETS, user_ids=list(user_ids))


def lock_wallets_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "lock_wallets", wallets_as_they_came)


# --- Orders: two batches of payments ------------------------------------------------------------


async def two_batches_of_payments(runtimes: list[Runtime], database_url: str) -> list[Any]:
    """Two strangers try to pay the same three orders of others, in opposite orders."""
    held = [await Fan(runtimes[0], f"fan-{n}").hold(str(n + 1)) for n in range(3)]
    ids = sorted(order.id for order in held)
    stranger, another = PassKey("hall", "stranger", 1), PassKey("hall", "another", 1)
    return await while_locked(
        database_url,
        f"select from orders where id = '{ids[1]}' for update",
        carried_out(pay.pay(runtimes[0], [PayRequest(stranger, each) for each in ids])),
        carried_out(pay.pay(runtimes[1], [PayRequest(another, each) for each in ids[::-1]])),
    )


async def orders_as_they_came(
    tx: Transaction, order_ids: Sequence[UUID], *, wait: bool
) -> Sent[orders.LockedOrder]:
    assert wait
    return await tx.send(orders.LOCK_ORDERS, order_ids=list(order_ids))


def lock_orders_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "lock_orders", orders_as_they_came)


# --- Each of these, with and without its order --------------------------------------------------

Circle = Callable[[list[Runtime], str], Awaitable[list[Any]]]
Disorder = Callable[[pytest.MonkeyPatch], None]

CIRCLES: list[tuple[Circle, Disorder, dict[str, int]]] = [
    (two_holds, lock_seats_as_asked, {"Order": 1, "SeatTaken": 1}),
    (payment_and_hold, pay_for_seats_as_asked, {"Paid": 1, "SeatTaken": 1}),
    (two_batches_of_holds, lock_buyers_as_they_came, {"Order": 3, "SeatTaken": 3}),
    (two_batches_of_top_ups, lock_wallets_as_they_came, {"Transfer": 6}),
    (two_batches_of_payments, lock_orders_as_they_came, {"OrderNotFound": 6}),
]


def flat(answers: list[Any]) -> list[Any]:
    """The answers of batches, and of single callers, in one list."""
    return [one for answer in answers for one in (answer if type(answer) is list else [answer])]


@pytest.mark.parametrize(
    ("circle", "wanted"), [(c, w) for c, _, w in CIRCLES], ids=[c[0].__name__ for c in CIRCLES]
)
async def test_callers_in_opposite_orders_take_turns(
    runtimes: list[Runtime], database_url: str, circle: Circle, wanted: dict[str, int]
) -> None:
    assert tally(flat(await circle(runtimes, database_url))) == wanted
    await assert_reconciled(runtimes[0])


@pytest.mark.parametrize(
    ("circle", "disorder"), [(c, d) for c, d, _ in CIRCLES], ids=[c[0].__name__ for c in CIRCLES]
)
async def test_control_without_one_order_for_all_they_deadlock(
    runtimes: list[Runtime],
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    circle: Circle,
    disorder: Disorder,
) -> None:
    disorder(monkeypatch)
    answers = await circle(runtimes, database_url)
    (victim,) = [answer for answer in answers if tally([answer]) == {"StoreUnavailable": 1}]
    assert isinstance(victim.__cause__, psycopg.errors.DeadlockDetected)
