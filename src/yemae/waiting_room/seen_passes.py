"""The passes that this process has lately seen open: a cache for reads, never for writes.

What always holds: a pass is trusted for at most TRUSTED_S from the moment when the question that
found it open was asked, never in the last moments before its own end, and not at all once this
process knows that it is over, also when an answer from before comes later.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from yemae.waiting_room.tokens import EntryToken

TRUSTED_S = 1.0
# So close to its end a pass is asked for: the stores' clocks are known to some milliseconds.
MARGIN_S = 0.1
# Above this the cache is emptied, which costs one question for each fan.
KEPT_MAX = 50_000

# Concert and user: a fan has one pass for a concert at a time.
Owner = tuple[str, str]


class Seen(NamedTuple):
    """An open pass, until when it is trusted (monotonic clock), and its own end in Unix seconds."""

    entry: EntryToken
    until: float
    ends_at_s: float


class Asking:
    """A question about passes that is under way."""

    def __init__(self, seen: dict[Owner, Seen]) -> None:
        self._seen = seen
        self._until = time.monotonic() + TRUSTED_S
        # Fans whose pass this process ended meanwhile: the answer may be older than that.
        self.ended: set[Owner] = set()

    def found(self, entries: Iterable[EntryToken], own_ends: Mapping[EntryToken, int]) -> None:
        """The answer: which of these passes are open, with their ends without their holds, in Unix
        ms."""
        seen = self._seen
        for entry in entries:
            owner = (entry.concert_id, entry.user_id)
            if (own_end_ms := own_ends.get(entry)) is None:
                if (known := seen.get(owner)) is not None and known.entry.number == entry.number:
                    del seen[owner]
            elif owner not in self.ended:
                if len(seen) >= KEPT_MAX:
                    seen.clear()
                seen[owner] = Seen(entry, self._until, own_end_ms / 1000)


class SeenPasses:
    """The cache of one process."""

    def __init__(self) -> None:
        self._seen: dict[Owner, Seen] = {}
        self._under_way: list[Asking] = []

    def is_open(self, entry: EntryToken, now_s: float) -> bool:
        """Whether this very pass was seen open lately and has time left; `now_s` is the waiting
        room's time."""
        seen = self._seen.get((entry.concert_id, entry.user_id))
        return (
            seen is not None
            and seen.entry == entry
            and time.monotonic() < seen.until
            and now_s < seen.ends_at_s - MARGIN_S
        )

    @contextmanager
    def asking(self) -> Iterator[Asking]:
        """While the block runs, the store is asked for passes."""
        asking = Asking(self._seen)
        self._under_way.append(asking)
        try:
            yield asking
        finally:
            self._under_way.remove(asking)

    @contextmanager
    def ending(self, owners: Sequence[Owner]) -> Iterator[None]:
        """The passes of these fans end in the block: they are not trusted from its beginning on,
        and what the store answered before their end does not count after it."""
        try:
            self._forget(owners)
            yield
        finally:
            self._forget(owners)

    def _forget(self, owners: Sequence[Owner]) -> None:
        for owner in owners:
            self._seen.pop(owner, None)
        for asking in self._under_way:
            asking.ended.update(owners)
