"""The rows of the sale: hold, pay and top up, each by fans who come for the first time.

`hold_distinct`: every request another fan and another seat. `hold_hot`: every request another fan,
and all want the same 20 seats; a refusal because the seat is taken counts as an answer, and exactly
20 must win. `pay`: every request another fan with a hold and enough money. `top_up`: the first
money of a fan, which makes their wallet; `top_up_again`: the second. `hold_idle`: holds one after
the other, without other load.

A success is a 201 whose body says what was asked for.
"""

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

import msgspec

from bench.crowd import MONEY, Crowd, Fan, crowd_of
from bench.line_store import new_fans
from bench.load import Check, post
from bench.serving import Bench
from bench.stage import HOT_SEATS, RUSH, SALE, Seats
from bench.timed import Effort, Shot, timed

# More than one run can use on a machine several times faster than ours; later runs of a row get
# this multiple of what its first run used.
REQUESTS = 16_000
SPARE = 3
IDLE_REQUESTS = 400
# How long what runs beside is ahead.
AHEAD_S = 6.0
Beside = Callable[[], Coroutine[Any, Any, object]]
TAKEN = b'"type":"/problems/seat-taken"'


class Sale:
    """Measures, each time with new fans and new seats."""

    def __init__(self, bench: Bench, effort: Effort, *, requests: int = REQUESTS) -> None:
        self._bench = bench
        self._effort = effort
        self._requests = requests
        self._used: dict[str, int] = {}
        self._seats = Seats(SALE)
        self._rushes = iter(RUSH.performance_ids)

    async def hold_distinct(self, beside: Beside | None = None) -> Shot:
        """One run of holds, each of a seat of its own; while something else is under way, if
        given."""
        return await self._holds("hold", self._count("hold"), self._effort.connections, beside)

    async def hold_idle(self) -> Shot:
        """Holds one after the other."""
        return await self._holds("idle", min(IDLE_REQUESTS, self._requests), connections=1)

    def _count(self, name: str) -> int:
        used = self._used.get(name)
        return self._requests if used is None else min(self._requests, SPARE * used)

    async def _holds(
        self, name: str, count: int, connections: int, beside: Beside | None = None
    ) -> Shot:
        seats = self._seats.take(count)
        async with crowd_of(self._bench) as crowd:
            fans = await crowd.inside(SALE.concert_id, count)
        requests = [hold_request(fan, seat) for fan, seat in zip(fans, seats, strict=True)]
        wanted = [b'"number":"%s"' % number.encode() for _, number in seats]

        def is_good(number: int, status: int, body: bytes) -> bool:
            return status == 201 and b'"status":"held"' in body and wanted[number] in body

        if beside is None:
            return await self._timed(name, requests, is_good, connections)
        under_way = asyncio.create_task(beside())
        await asyncio.sleep(AHEAD_S)
        shot = await self._timed(name, requests, is_good, connections)
        await under_way
        return shot

    async def hold_hot(self) -> Shot:
        """One run in which all fans want the same seats. Its rate is that of answers."""
        performance_id = next(self._rushes)
        async with crowd_of(self._bench) as crowd:
            fans = await crowd.inside(RUSH.concert_id, self._count("hot"))
        numbers = itertools.cycle(str(number) for number in range(1, HOT_SEATS + 1))
        requests = [
            hold_request(fan, (performance_id, number))
            for fan, number in zip(fans, numbers, strict=False)
        ]
        winners = 0

        def is_answer(_number: int, status: int, body: bytes) -> bool:
            nonlocal winners
            winners += status == 201
            return status == 201 or (status == 409 and TAKEN in body)

        shot = await self._timed("hot", requests, is_answer, self._effort.connections)
        assert winners == HOT_SEATS, f"{winners} have {HOT_SEATS} seats"
        return msgspec.structs.replace(shot, ok=winners)

    async def pay(self) -> Shot:
        """One run of payments."""
        fans, orders = await self.payable(self._count("pay"))
        requests = [pay_request(fan, order) for fan, order in zip(fans, orders, strict=True)]
        return await self._timed("pay", requests, are_paid(orders), self._effort.connections)

    async def payable(self, count: int) -> tuple[list[Fan], list[str]]:
        """New fans, each with an order that is held and enough money."""
        async with crowd_of(self._bench) as crowd:
            fans, orders = await self.held(crowd, count)
            await crowd.give_money(fans)
        return fans, orders

    async def held(self, crowd: Crowd, count: int) -> tuple[list[Fan], list[str]]:
        """New fans, each with an order that is held."""
        fans = await crowd.inside(SALE.concert_id, count)
        return fans, await crowd.give_holds(fans, self._seats.take(count))

    async def top_up(self) -> Shot:
        """One run of first top-ups."""
        async with crowd_of(self._bench) as crowd:
            users = new_fans(self._count("first"))
            requests = [top_up_request(crowd, user_id, "first") for user_id in users]
        return await self._timed("first", requests, _balance_is(MONEY), self._effort.connections)

    async def top_up_again(self) -> Shot:
        """One run of second top-ups."""
        async with crowd_of(self._bench) as crowd:
            fans = await crowd.inside(SALE.concert_id, self._count("second"))
            await crowd.give_money(fans)
            requests = [top_up_request(crowd, fan.user_id, "second") for fan in fans]
        return await self._timed(
            "second", requests, _balance_is(2 * MONEY), self._effort.connections
        )

    async def _timed(
        self,
        name: str,
        requests: Iterable[bytes],
        check: Callable[[int, int, bytes], bool],
        connections: int,
    ) -> Shot:
        shot = await timed(
            self._bench, requests, check, self._effort._replace(connections=connections)
        )
        self._used[name] = max(self._used.get(name, 0), shot.answers)
        return shot


def hold_request(fan: Fan, seat: tuple[str, str]) -> bytes:
    """The hold of one seat."""
    performance_id, number = seat
    body = msgspec.json.encode({"performance_id": performance_id, "seats": [number]})
    return post("/v1/orders", body, authorization=fan.authorization, entry_token=fan.entry_token)


def pay_request(fan: Fan, order_id: str, body: bytes = b"") -> bytes:
    """The payment of an order."""
    return post(
        f"/v1/orders/{order_id}/payment",
        body,
        authorization=fan.authorization,
        entry_token=fan.entry_token,
    )


def are_paid(orders: Sequence[str]) -> Check:
    """Whether the answer to each payment has its order, paid."""
    wanted = [b'"id":"%s"' % order.encode() for order in orders]

    def is_good(number: int, status: int, body: bytes) -> bool:
        return status == 201 and b'"status":"paid"' in body and wanted[number] in body

    return is_good


def top_up_request(crowd: Crowd, user_id: str, key: str) -> bytes:
    """A top-up of MONEY."""
    return post(
        "/v1/wallet/top-ups",
        b'{"amount":%d}' % MONEY,
        authorization=crowd.authorization(user_id),
        idempotency_key=key,
    )


def _balance_is(balance: int) -> Callable[[int, int, bytes], bool]:
    said = b'{"balance":%d,' % balance
    return lambda _number, status, body: status == 201 and body.startswith(said)
