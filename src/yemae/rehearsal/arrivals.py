"""When each fan arrives, in seconds from the start. Pure."""

import math
import random
from itertools import accumulate

from yemae.rehearsal.scenario import Arrival


def arrivals(arrival: Arrival, fans: int, over_s: float, seed: int) -> list[float]:
    """The time of each fan's arrival, in order.

    burst: all at the start. ramp: at a rate that grows evenly until `over_s`. poisson: each fan
    independently of the others, at a mean rate of `fans / over_s`.
    """
    match arrival:
        case "burst":
            return [0.0] * fans
        case "ramp":
            return [over_s * math.sqrt((fan + 0.5) / fans) for fan in range(fans)]
        case "poisson":
            lot = random.Random(f"arrivals {seed}")  # noqa: S311 - no secret
            return list(accumulate(lot.expovariate(fans / over_s) for _ in range(fans)))
