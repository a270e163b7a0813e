"""Whatever guests and accounts do, merges create and lose neither money nor tickets."""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from contextlib import AsyncExitStack
from uuid import UUID

from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from helpers.cancelling import POLICY
from helpers.concerts import TEXT, load_concert
from helpers.fans import Fan
from helpers.merging import merge
from helpers.reconcile import assert_reconciled
from yemae.concerts.files.concert_file import parse
from yemae.refusals import Refusal
from yemae.runtime import Runtime, open_runtime
from yemae.sale.refund import RefundWish, refund_order
from yemae.settings import Settings

EXAMPLES = 20
USERS = ("guest-1", "guest-2", "guest-3", "ann", "ben")
# Each example has seats and users of its own, so the books of all are checked together.
HALL = parse(
    TEXT.format(
        concert_id="hall",
        seats=1_000,
        seat_limit=4,
        active_limit=100,
        admit_per_minute=60_000,
        entry_ttl_s=600,
        absent_after_s=45,
    )
    + POLICY,
    "hall.toml",
)
users = st.sampled_from(USERS)
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["top up", "buy", "buy", "hold", "cancel", "refund"]), users),
        st.tuples(users, users),
    ),
    min_size=5,
    max_size=15,
)
SUMS = b"""
select (select coalesce(sum(balance), 0) from wallets)::bigint as money,
       (select count(*) from tickets) as tickets,
       (select count(*) from orders) as orders"""


class World:
    """The fans of one example, and what they have paid for."""

    def __init__(self, runtime: Runtime, number: int, numbers: "itertools.count[int]") -> None:
        self.runtime = runtime
        self.fans = {name: Fan(runtime, f"{number}-{name}") for name in USERS}
        self.numbers = numbers
        self.paid: list[UUID] = []

    async def sums(self) -> tuple[int, ...]:
        """The money of all fans, their tickets and their orders."""
        async with self.runtime.postgres.transaction() as tx:
            (row,) = await tx.fetch(SUMS)
        return tuple(row)

    async def step(self, what: str, who: str) -> None:
        """One verb, or a merge; a refusal changes nothing and is passed over."""
        before = await self.sums()
        merges = what in self.fans
        with contextlib.suppress(Refusal):
            if merges:
                await merge(self.runtime, self.fans[what].user_id, self.fans[who].user_id)
            else:
                await self.verb(what, self.fans[who])
        assert not merges or await self.sums() == before

    async def verb(self, what: str, fan: Fan) -> None:
        """What fans and operators do."""
        number = next(self.numbers)
        if what == "top up":
            await fan.top_up(100_000, f"key-{number}")
        elif what in ("hold", "buy"):
            order = await fan.hold(str(number))
            if what == "buy":
                await fan.pay(order.id)
                self.paid.append(order.id)
            else:
                await fan.release(order.id)
        elif self.paid:
            order_id = self.paid[number % len(self.paid)]
            if what == "cancel":
                await fan.cancel(order_id=order_id)
            else:
                await refund_order(self.runtime, "op", RefundWish(order_id, 1_000))


async def play(world: World, played: Sequence[tuple[str, str]]) -> None:
    for name in USERS:
        await world.fans[name].top_up(100_000, "begin")
    for what, who in played:
        await world.step(what, who)
    await assert_reconciled(world.runtime)


def test_merges_create_and_lose_nothing(settings: Settings) -> None:
    numbers, examples = itertools.count(1), itertools.count()

    async def opened(stack: AsyncExitStack) -> Runtime:
        await load_concert(settings, HALL)
        return await stack.enter_async_context(open_runtime(settings))

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        runtime = runner.run(opened(stack))

        @given(steps)
        @profile(max_examples=EXAMPLES, deadline=None, database=None)
        def check(played: list[tuple[str, str]]) -> None:
            runner.run(play(World(runtime, next(examples), numbers), played))

        try:
            check()
        finally:
            runner.run(stack.aclose())
