"""The rows of pretix: holds and purchases over its REST API, each by a buyer who comes once.

`hold`: a cart position with a seat of its own, in a cart of its own. `hold_standing`: one without a
seat, from a quota with a limit. `hold_idle`: the first, one after the other. `pay`: a paid order of
one ticket that takes the place of the cart which has its seat.

A success is a 201 whose body says what was asked for.
"""

from collections.abc import Iterator
from itertools import islice

import msgspec
import psycopg

from bench.load import post
from bench.pretix.serving import CARTS, HOLDS, Shop
from bench.timed import Effort, Shot, timed

PRICE = "50.00"
# The first requests load most of pretix's code.
WARM_UP_S = 180.0
WARM_UP_EACH = 3
EVENTS = "/api/v1/organizers/bench/events"

# A request, and the words that its answer must have.
Wanted = tuple[bytes, bytes]

# Orders that were paid, carts that hold something, and seats that two of them have.
COUNT = """\
select (select count(*) from pretixbase_order where status = 'p'),
       (select count(*) from pretixbase_cartposition),
       (select count(*) from (
            select seat_id from (
                select seat_id from pretixbase_orderposition union all
                select seat_id from pretixbase_cartposition) as taken
            where seat_id is not null group by seat_id having count(*) > 1) as twice)"""


class WrongError(Exception):
    """What pretix answered is not what its database has."""


class Buyers:
    """Measures, each time with new buyers and new seats."""

    def __init__(self, shop: Shop, effort: Effort) -> None:
        self._shop = shop
        self._effort = effort
        self._holds = map(self._hold, range(1, HOLDS + 1))
        self._standing = map(self._hold_standing, range(1, HOLDS + 1))
        self._payments = map(self._payment, range(HOLDS + 1, HOLDS + CARTS + 1))
        self._held = self._paid = 0

    async def warm_up(self) -> None:
        """Bring every thread to have its code and its connections; the first answers are slow."""
        slow = self._effort._replace(seconds=WARM_UP_S, warm_up_s=0.0)
        for source in (self._holds, self._standing, self._payments):
            await self._run(source, slow, WARM_UP_EACH * self._effort.connections)

    async def hold(self) -> Shot:
        """One run of holds, each of a seat of its own."""
        return await self._run(self._holds, self._effort)

    async def hold_idle(self) -> Shot:
        """Holds one after the other."""
        return await self._run(self._holds, self._effort._replace(connections=1))

    async def hold_standing(self) -> Shot:
        """One run of holds from one quota."""
        return await self._run(self._standing, self._effort)

    async def pay(self) -> Shot:
        """One run of purchases."""
        return await self._run(self._payments, self._effort)

    def prove(self) -> None:
        """Compare with the database. Raises WrongError."""
        with psycopg.connect(self._shop.bench.settings.stores.database_url) as connection:
            found = connection.execute(COUNT).fetchone()
        expected = (self._paid, CARTS + self._held - self._paid, 0)
        if found != expected:
            raise WrongError(f"(paid orders, carts, seats sold twice): {found}, not {expected}")

    async def _run(self, source: Iterator[Wanted], effort: Effort, most: int | None = None) -> Shot:
        words: list[bytes] = []
        made = 0

        def requests() -> Iterator[bytes]:
            for request, word in islice(source, most):
                words.append(word)
                yield request

        def is_good(number: int, status: int, body: bytes) -> bool:
            nonlocal made
            made += status == 201
            return status == 201 and words[number] in body

        shot = await timed(self._shop.bench, requests(), is_good, effort)
        assert shot.answers, "the shop has too few seats for this bench"
        if source is self._payments:
            self._paid += made
        else:
            self._held += made
        return shot

    def _hold(self, number: int) -> Wanted:
        body = {
            "item": self._shop.keys.seat,
            "price": PRICE,
            "seat": str(number),
            "cart_id": f"{number}@api",
        }
        return self._post("seated/cartpositions/", body), b'"seat_guid":"%d"' % number

    def _hold_standing(self, number: int) -> Wanted:
        body = {"item": self._shop.keys.place, "price": PRICE, "cart_id": f"s{number}@api"}
        return self._post("standing/cartpositions/", body), b'"cart_id":"s%d@api"' % number

    def _payment(self, number: int) -> Wanted:
        position = {"item": self._shop.keys.seat, "price": PRICE, "seat": str(number)}
        body = {
            "status": "p",
            "payment_provider": "manual",
            "email": f"{number}@example.org",
            "consume_carts": [f"{number}@api"],
            "positions": [position],
        }
        return self._post("seated/orders/", body), b'"seat_guid":"%d"' % number

    def _post(self, path: str, body: object) -> bytes:
        token = f"Token {self._shop.keys.token}"
        return post(f"{EVENTS}/{path}", msgspec.json.encode(body), authorization=token)
