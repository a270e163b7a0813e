"""How long callers of a batch that fails are kept."""

import asyncio
import time

from yemae.base.batching import Batch, Done
from yemae.refusals import Overloaded

PATIENCE_S = 0.2


async def test_callers_of_a_batch_that_fails_slowly_wait_no_longer_than_the_patience() -> None:
    tries: list[list[int]] = []

    async def fail_slowly(requests: list[int]) -> Done[int]:
        tries.append(requests)
        end = time.perf_counter() + PATIENCE_S
        while time.perf_counter() <= end:  # noqa: ASYNC110 - a store that answers late
            await asyncio.sleep(0)
        raise RuntimeError("locked")

    batch = Batch(
        "test", fail_slowly, size_max=9, callers_max=9, concurrency=1, patience_s=PATIENCE_S
    )
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*map(batch.submit, range(9)), return_exceptions=True)
        await batch.close()
    # All together, then the first by itself; the others would have waited for nothing.
    assert tries == [list(range(9)), [0]]
    assert isinstance(answers[0], RuntimeError)
    assert all(isinstance(answer, Overloaded) for answer in answers[1:])
