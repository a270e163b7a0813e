"""The row of whole journeys: join → poll until inside → dates → seats → hold → top up → pay.

A fixed number of fans is under way; when one has paid, the next one joins. Each asks again when the
server says so; a free connection takes the fan whose request is due. A journey counts when its
payment is answered with 201 and has the order. Latencies are those of all requests, because most of
a journey is the wait between polls. An answer that is no success fails the run.
"""

import heapq
import itertools
import time
from collections.abc import Generator, Iterator

import msgspec

from bench.crowd import Fan
from bench.line_store import new_fans
from bench.load import LoadError, get, post
from bench.sale import hold_request, pay_request
from bench.serving import Bench
from bench.stage import WALK, Seats
from bench.timed import Effort, Shot, timed
from yemae.accounts.access import Issuer

UNDER_WAY = 1_000
FANS_AT_ONCE = 500
WARM_UP_S = 3.0
JOIN = f"/v1/concerts/{WALK.concert_id}/queue-tokens"
DATES = f"/v1/concerts/{WALK.concert_id}/performances"


class Answer(msgspec.Struct):
    """The fields of all answers that a fan needs for the next request."""

    queue_token: str = ""
    state: str = ""
    poll_after_ms: int = 0
    entry_token: str = ""
    id: str = ""
    total: int = 0


READ = msgspec.json.Decoder(Answer)
# Gives when to ask next (seconds from now) and what, and is given the answer's body.
Walk = Generator[tuple[float, bytes], bytes, None]


def walk(user_id: str, authorization: str, seat: tuple[str, str]) -> Walk:
    """One fan's journey."""
    place = READ.decode((yield 0.0, post(JOIN, authorization=authorization)))
    queue_token = place.queue_token
    while place.state != "admitted":
        poll = get("/v1/queue-tokens/me", queue_token=queue_token)
        place = READ.decode((yield place.poll_after_ms / 1000, poll))
    fan = Fan(user_id, authorization, place.entry_token, 0)
    inside = {"authorization": authorization, "entry_token": place.entry_token}
    yield 0.0, get(DATES, **inside)
    yield 0.0, get(f"/v1/performances/{seat[0]}/seats", **inside)
    order = READ.decode((yield 0.0, hold_request(fan, seat)))
    money = b'{"amount":%d}' % WALK.price
    yield 0.0, post("/v1/wallet/top-ups", money, authorization=authorization, idempotency_key="1")
    yield 0.0, pay_request(fan, order.id)


class Walkers:
    """Many concurrent journeys as requests for the load client, each when it is due."""

    def __init__(
        self, issuer: Issuer, seats: Seats, under_way: int, journeys_max: int | None
    ) -> None:
        self._issuer = issuer
        self._seats = seats
        self._under_way = under_way
        self._newcomers: Iterator[str] = iter(())
        self._left = itertools.count() if journeys_max is None else iter(range(journeys_max))
        self._numbers = itertools.count()
        self._due: list[tuple[float, int, Walk, bytes]] = []
        self._asked: dict[int, Walk] = {}
        self.walking = 0
        self.failure = ""

    def __iter__(self) -> "Walkers":
        return self

    def __next__(self) -> bytes | None:
        number = next(self._numbers)
        if (
            self.walking < self._under_way
            and not self._is_due()
            and next(self._left, None) is not None
        ):
            self._begin(number)
        if self.walking == 0:
            raise StopIteration
        if not self._is_due():
            return None
        _, _, walk_, request = heapq.heappop(self._due)
        self._asked[number] = walk_
        return request

    def _is_due(self) -> bool:
        return bool(self._due) and self._due[0][0] <= time.perf_counter()

    def _begin(self, number: int) -> None:
        user_id = next(self._newcomers, None)
        if user_id is None:
            self._newcomers = iter(new_fans(FANS_AT_ONCE))
            user_id = next(self._newcomers)
        (seat,) = self._seats.take(1)
        begun = walk(user_id, f"Bearer {self._issuer.issue(user_id).text}", seat)
        self.walking += 1
        self._plan(number, begun, next(begun))

    def _plan(self, number: int, walk_: Walk, step: tuple[float, bytes]) -> None:
        after_s, request = step
        heapq.heappush(self._due, (time.perf_counter() + after_s, number, walk_, request))

    def answered(self, number: int, status: int, body: bytes) -> bool:
        """Let the fan go on. Whether this was the end of a journey."""
        walk_ = self._asked.pop(number)
        if status not in (200, 201):
            self.failure = self.failure or f"{status}: {body[:300]!r}"
            return False
        try:
            self._plan(number, walk_, walk_.send(body))
        except StopIteration:
            self.walking -= 1
            return status == 201 and b'"status":"paid"' in body
        return False


class Journeys:
    """Measures, each time with new fans and new seats."""

    def __init__(
        self,
        bench: Bench,
        effort: Effort,
        *,
        under_way: int = UNDER_WAY,
        journeys_max: int | None = None,
    ) -> None:
        self._bench = bench
        self._effort = effort
        self._under_way = under_way
        self._journeys_max = journeys_max
        self._seats = Seats(WALK)
        settings = bench.settings
        self._issuer = Issuer(settings.stores.secret_key, settings.accounts.access_token_ttl_s)

    async def journey(self) -> Shot:
        """One run. Raises LoadError."""
        walkers = Walkers(self._issuer, self._seats, self._under_way, self._journeys_max)
        shot = await timed(
            self._bench,
            walkers,
            walkers.answered,
            self._effort,
        )
        if walkers.failure:
            raise LoadError(walkers.failure)
        return shot
