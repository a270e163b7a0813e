"""The ledger in PostgreSQL: a fan's lines are read in pages, newest first."""

from helpers.fans import Fan
from yemae.runtime import Runtime
from yemae.wallet import ledger


async def test_lines_are_read_newest_first_and_in_steps(runtime: Runtime, fan: Fan) -> None:
    made = [await fan.top_up(1_000, key=f"key-{n}") for n in range(5)]
    await Fan(runtime, "other").top_up()
    made.reverse()
    async with runtime.postgres.transaction() as tx:
        first = await ledger.transfers_of(tx, [fan.user_id], before=None, limit=2)
        rest = await ledger.transfers_of(tx, [fan.user_id], before=first[-1].id, limit=9)
    assert first == made[:2]
    assert rest == made[2:]
