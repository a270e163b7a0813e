"""The passes that this process has lately seen open: a cache for reads, never for writes.

What always holds: a pass is trusted for at most TRUSTED_S from the moment when the question that
found it open was asked, never in the last moments before its own end, and not at all once a process
of this server has ended it, also when an answer from before comes later.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from yemae.waiting_room.pass_ends import PassEnds
from yemae.waiting_room.tokens import EntryToken

TRUSTED_S = 1.0
# So close to its end a pass is asked for: the stores' clocks are known to some milliseconds.
MARGIN_S = 0.1
# Above this the cache is emptied, which costs one question for each fan.
KEPT_MAX = 50_000

# Concert and user: a fan has one pass for a concert at a time.
Owner = tuple[str, str]


class Seen(NamedTuple):
    """An open pass with its own end in Unix seconds, the end of the trust in it (monotonic clock),
    and its fan's stamp when it was asked for."""

    entry: EntryToken
    ends_at_s: float
    until: float
    stamp: int


class SeenPasses:
    """The cache of one process. Without the ends that others know of, it is empty."""

    def __init__(self, ends: PassEnds | None) -> None:
        self._ends = ends
        self._seen: dict[Owner, Seen] = {}

    def is_open(self, entry: EntryToken, now_s: float) -> bool:
        """Whether this very pass was seen open lately and has time left; `now_s` is the waiting
        room's time."""
        seen = self._seen.get((entry.concert_id, entry.user_id))
        return (
            seen is not None
            and self._ends is not None
            and seen.entry == entry
            and time.monotonic() < seen.until
            and now_s < seen.ends_at_s - MARGIN_S
            and seen.stamp == self._ends.stamp(entry.user_id)
        )

    def asking(self, entries: Sequence[EntryToken]) -> "Asking":
        """Call it before the store is asked for these passes."""
        return Asking(self._seen, self._ends, entries)

    @contextmanager
    def ending(self, owners: Sequence[Owner]) -> Iterator[None]:
        """The passes of these fans end in the block: they are not trusted from its beginning on,
        and what the store answered before their end does not count after it."""
        try:
            self._renew(owners)
            yield
        finally:
            self._renew(owners)

    def _renew(self, owners: Sequence[Owner]) -> None:
        for owner in owners:
            self._seen.pop(owner, None)
            if self._ends is not None:
                self._ends.renew(owner[1])


class Asking:
    """A question about passes that is under way."""

    def __init__(
        self, seen: dict[Owner, Seen], ends: PassEnds | None, entries: Sequence[EntryToken]
    ) -> None:
        self._seen = seen
        self._until = time.monotonic() + TRUSTED_S
        self._asked: Iterable[tuple[EntryToken, int]] = ()
        if ends is not None:
            self._asked = [(entry, ends.stamp(entry.user_id)) for entry in entries]

    def found(self, own_ends: Mapping[EntryToken, int]) -> None:
        """The answer: the passes that are open, with their ends without their holds, in Unix ms."""
        seen = self._seen
        for entry, stamp in self._asked:
            owner = (entry.concert_id, entry.user_id)
            if (own_end_ms := own_ends.get(entry)) is not None:
                if len(seen) >= KEPT_MAX:
                    seen.clear()
                seen[owner] = Seen(entry, own_end_ms / 1000, self._until, stamp)
            elif (known := seen.get(owner)) is not None and known.entry.number == entry.number:
                del seen[owner]
