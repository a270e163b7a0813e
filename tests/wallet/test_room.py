"""The room below YEMAE_WALLETS_SUM_MAX: taken from one part, left in equal parts, counted anew when
that can help."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from helpers.fans import Fan
from yemae.runtime import Runtime
from yemae.store.postgres import Transaction
from yemae.wallet.room import LOCK_ROOM, PARTS, Part, leave_room, take_room

SUM_MAX = 8_003


async def parts(tx: Transaction) -> list[Part]:
    return list(await tx.fetch(LOCK_ROOM, parts=list(PARTS)))


@pytest.fixture
async def tx(runtime: Runtime) -> AsyncIterator[Transaction]:
    """A transaction in which 8,003 are left in all parts."""
    async with runtime.postgres.transaction() as opened:
        found = await take_room(opened, 1, SUM_MAX)
        assert found.amount == SUM_MAX
        await leave_room(opened, found, 0)
        yield opened


async def test_what_is_left_lies_in_equal_parts(tx: Transaction) -> None:
    assert sorted(part.room for part in await parts(tx)) == [1_000] * 5 + [1_001] * 3


async def test_without_waiting_one_part_gives_what_is_asked_for_and_no_more(
    tx: Transaction,
) -> None:
    before = sum(part.room for part in await parts(tx))
    taken = await take_room(tx, 10, SUM_MAX, wait=False)
    assert (taken.amount, taken.counted_at) == (10, None)
    assert sum(part.room for part in await parts(tx)) == before - 10


async def test_without_waiting_one_part_gives_at_most_what_it_has(tx: Transaction) -> None:
    assert (await take_room(tx, 5_000, SUM_MAX, wait=False)).amount == 1_001


async def test_room_that_was_counted_for_another_limit_is_not_taken_without_waiting(
    tx: Transaction,
) -> None:
    assert (await take_room(tx, 1, SUM_MAX + 1, wait=False)).amount == 0


@pytest.mark.parametrize(
    ("needed", "aged", "is_counted"),
    [
        (SUM_MAX - 100, timedelta(minutes=1), False),
        (SUM_MAX - 99, timedelta(minutes=1), True),
        (SUM_MAX - 99, timedelta(milliseconds=1), False),
    ],
    ids=["enough", "too little", "too little, counted a moment ago"],
)
async def test_balances_are_summed_up_again_only_where_too_little_is_left_for_a_second(
    tx: Transaction, needed: int, aged: timedelta, *, is_counted: bool
) -> None:
    found = await take_room(tx, 1, SUM_MAX)
    # As if 100 had been topped up and spent since.
    await leave_room(tx, found, 100)
    await tx.execute(
        b"update wallets_room set counted_at = yemae_now() - %(aged)s::interval", aged=aged
    )
    again = await take_room(tx, needed, SUM_MAX)
    assert again.amount == (SUM_MAX if is_counted else SUM_MAX - 100)


async def test_balances_above_the_limit_leave_no_room(runtime: Runtime, fan: Fan) -> None:
    await fan.top_up(1_000)
    async with runtime.postgres.transaction() as opened:
        assert (await take_room(opened, 1, 999)).amount == 0
