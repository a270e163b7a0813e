"""The concurrency of a batch: a task that is about to end does not count."""

import asyncio

from yemae.base.batching import Batch, Done


async def echo(batch: list[int]) -> Done[int]:
    """Answer without waiting for anything."""
    return Done(list(batch))


async def test_a_caller_who_asks_again_at_once_is_answered_again() -> None:
    batch = Batch("echo", echo, size_max=4, callers_max=10, concurrency=1)

    async def ask_again_and_again() -> int:
        return sum([await batch.submit(number) for number in range(100)])

    async with asyncio.timeout(60):
        assert await ask_again_and_again() == sum(range(100))
        await batch.close()
