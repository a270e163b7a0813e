"""A cache of values that never change, each by a name that stands for its content."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Known(Generic[Value]):
    """At most `kept_max` values; the least recently used one goes first."""

    def __init__(self, kept_max: int) -> None:
        self._kept_max = kept_max
        self._kept: OrderedDict[str, Value] = OrderedDict()
        # One reading at a time, so that a crowd of first viewers costs one.
        self._turn = asyncio.Lock()

    async def of(self, name: str, read: Callable[[], Awaitable[Value | None]]) -> Value | None:
        """The value of this name, read if it is not here; None when there is none to read."""
        if (known := self._found(name)) is not None:
            return known
        async with self._turn:
            if (known := self._found(name)) is not None:
                return known
            read_now = await read()
            if read_now is not None:
                self._kept[name] = read_now
                while len(self._kept) > self._kept_max:
                    self._kept.popitem(last=False)
        return read_now

    def _found(self, name: str) -> Value | None:
        known = self._kept.get(name)
        if known is not None:
            self._kept.move_to_end(name)
        return known
