"""The row of a mix: holds, payments, top-ups and releases at once, a quarter each.

What an opening is made of when some fans are ahead of others. Every request is another fan's, and
payments and releases are of orders that were made before the clock starts. A success is what the
call's own row asks for; a release answers 200 with the released order.
"""

import itertools

from bench.crowd import MONEY, crowd_of
from bench.line_store import new_fans
from bench.load import delete
from bench.sale import hold_request, pay_request, top_up_request
from bench.serving import Bench
from bench.stage import MIX, Seats
from bench.timed import Effort, Shot, timed

# Of each kind, more than one run can use; later runs get this multiple of what the first one used.
REQUESTS = 4_000
SPARE = 3


class Mix:
    """Measures, each time with new fans and new seats."""

    def __init__(self, bench: Bench, effort: Effort, *, requests: int = REQUESTS) -> None:
        self._bench = bench
        self._effort = effort
        self._requests = requests
        self._seats = Seats(MIX)

    async def mix(self) -> Shot:
        """One run."""
        count = self._requests
        async with crowd_of(self._bench) as crowd:
            holders, payers, leavers = [await crowd.inside(MIX.concert_id, count) for _ in "abc"]
            await crowd.give_money(payers)
            to_pay = await crowd.give_holds(payers, self._seats.take(count))
            to_leave = await crowd.give_holds(leavers, self._seats.take(count))
            kinds = (
                [
                    hold_request(*each)
                    for each in zip(holders, self._seats.take(count), strict=True)
                ],
                [pay_request(*each) for each in zip(payers, to_pay, strict=True)],
                [top_up_request(crowd, user_id, "mix") for user_id in new_fans(count)],
                [
                    delete(f"/v1/orders/{order_id}", authorization=fan.authorization)
                    for fan, order_id in zip(leavers, to_leave, strict=True)
                ],
            )
        expected = (
            (201, b'"status":"held"'),
            (201, b'"status":"paid"'),
            (201, b'{"balance":%d,' % MONEY),
            (200, b'"status":"released"'),
        )

        def is_good(number: int, status: int, body: bytes) -> bool:
            wanted, said = expected[number % len(expected)]
            return status == wanted and said in body

        requests = itertools.chain.from_iterable(zip(*kinds, strict=True))
        shot = await timed(self._bench, requests, is_good, self._effort)
        self._requests = min(self._requests, max(1, SPARE * shot.answers // len(kinds)))
        return shot
