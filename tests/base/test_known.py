"""A cache of values that never change."""

import asyncio
from functools import partial

from yemae.base.known import Known


class Source:
    """Counts what is read from it; an unknown name has no value."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.reads: list[str] = []

    async def value(self, name: str) -> str | None:
        """Read a value."""
        self.reads.append(name)
        await asyncio.sleep(0)
        return f"value of {name}" if name in self.names else None


async def test_a_crowd_of_first_viewers_costs_one_reading() -> None:
    source, known = Source("a"), Known[str](2)
    seen = await asyncio.gather(*(known.of("a", lambda: source.value("a")) for _ in range(50)))
    assert set(seen) == {"value of a"}
    assert source.reads == ["a"]


async def test_the_least_recently_used_value_goes_first() -> None:
    source, known = Source("a", "b", "c"), Known[str](2)
    for name in ("a", "b", "a", "c", "a", "b"):
        await known.of(name, partial(source.value, name))
    assert source.reads == ["a", "b", "c", "b"]


async def test_what_is_not_there_is_looked_for_again() -> None:
    source, known = Source(), Known[str](2)
    for _ in range(2):
        assert await known.of("a", lambda: source.value("a")) is None
    assert source.reads == ["a", "a"]
