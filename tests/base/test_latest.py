"""A value that is made at most once in a while."""

import time

from yemae.base.rate_limit import MAKING_PART, Latest

TAKES_S = 0.02


class Maker:
    """Makes the next number, slowly."""

    def __init__(self) -> None:
        self.made = 0

    async def __call__(self) -> int:
        """The next one."""
        time.sleep(TAKES_S)  # noqa: ASYNC251 -- A maker that takes long.
        self.made += 1
        return self.made


async def test_a_value_is_kept_for_its_age() -> None:
    make = Maker()
    young, old = Latest[int](60.0), Latest[int](0.0)
    assert [await young.get(make) for _ in range(3)] == [1, 1, 1]
    assert [await old.get(make) for _ in range(3)] == [2, 3, 4]


async def test_what_takes_long_to_make_is_kept_for_longer_and_no_longer_than_it_may() -> None:
    make = Maker()
    # It took 20 ms or more, so it is kept for 2 s or more.
    kept = Latest[int](0.0, 60.0)
    begun = time.monotonic()
    numbers = [await kept.get(make) for _ in range(3)]
    assert numbers == [1, 1, 1] or time.monotonic() - begun > TAKES_S / MAKING_PART
    at_most = Latest[int](0.0, 0.0)
    assert [await at_most.get(make) for _ in range(2)] == [2, 3]
