"""Batches of any size, with any concurrency and any number of callers: every caller is answered."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from yemae.base.batching import Batch, Done


class Echo:
    """A round trip of one turn of the loop, which counts."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.under_way = 0
        self.most_under_way = 0

    async def __call__(self, requests: list[str]) -> Done[str]:
        """The requests as they are."""
        self.sizes.append(len(requests))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        return Done(requests)


async def ask(batch: Batch[str, str], caller: int, times: int) -> None:
    """Several requests, each in the moment of the answer to the last."""
    for turn in range(times):
        request = f"{caller} {turn}"
        assert await batch.submit(request) == request


@settings(max_examples=60, deadline=None)
@given(
    callers=st.lists(st.integers(1, 4), min_size=1, max_size=12),
    size_max=st.integers(1, 5),
    concurrency=st.integers(1, 3),
)
def test_everybody_is_answered_whatever_the_limits(
    callers: list[int], size_max: int, concurrency: int
) -> None:
    echo = Echo()

    async def run() -> None:
        batch = Batch[str, str](
            "test", echo, size_max=size_max, callers_max=99, concurrency=concurrency
        )
        async with asyncio.timeout(60):
            await asyncio.gather(*(ask(batch, c, times) for c, times in enumerate(callers)))
            await batch.close()

    asyncio.run(run())
    assert sum(echo.sizes) == sum(callers)
    assert max(echo.sizes) <= size_max
    assert echo.most_under_way <= concurrency
