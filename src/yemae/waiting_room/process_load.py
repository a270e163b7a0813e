"""How busy this process is, and by how much it stretches the intervals between polls: backpressure.

The measure is the processor time that the process uses: it serves on one thread, so a share near 1
means that requests queue. Above the goal the intervals between polls grow, below it they shrink
again, a step each second.
"""

import asyncio
import time

from yemae.base import metrics

BUSY_GOAL = 0.7
GROWTH_MAX = 1.5
SHRINK_MIN = 0.9
STRETCH_MAX = 8.0
INTERVAL_S = 1.0


class Load:
    """The load of this process; `stretch` 1 leaves the intervals as they are."""

    def __init__(self) -> None:
        self.stretch = 1.0

    def adjust(self, busy: float) -> None:
        """Take in the share of the last second that the process was busy."""
        factor = min(GROWTH_MAX, max(SHRINK_MIN, busy / BUSY_GOAL))
        self.stretch = min(STRETCH_MAX, max(1.0, self.stretch * factor))

    async def keep_measuring(self) -> None:
        """Measure and adjust each second; runs until it is cancelled."""
        used_s, at_s = time.process_time(), time.monotonic()
        while True:
            await asyncio.sleep(INTERVAL_S)
            used_now_s, now_s = time.process_time(), time.monotonic()
            self.adjust((used_now_s - used_s) / (now_s - at_s))
            metrics.POLL_STRETCH.set(self.stretch)
            used_s, at_s = used_now_s, now_s
