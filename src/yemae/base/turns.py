"""Turns at a store, which the batches of several verbs share.

Under a mix of verbs a dozen small transactions would compete for the same few cores. With turns, a
batch that waits for its own goes on gathering callers, so batches grow with the load and not with
the number of verbs. What always holds:

- a turn is free at once when fewer than `number` are taken, and turns are had in the order in which
  they were asked for; a batch asks for one at a time, so no verb keeps another out;
- batches that yield have at most a small share of the time while others come as well: after each
  of their turns they rest for REST times as long, and then go next. So they take little from the
  others, wait for REST * `longest_s` at most, and never rest while no other batch comes;
- a turn ends after `longest_s` at the latest. What takes longer, because a row is locked elsewhere
  or the store hangs, goes on without one, and holds up no other verb;
- a caller that is cancelled gives its turn back.
"""

import asyncio
from collections import deque

# Work of a batch has a cost outside of its turn as well: this leaves the others nine tenths.
REST = 19
# A caller who has waited for as long waits behind no other batch any more.
YIELDS_S = 5.0


class Turn:
    """Leave to use the store; `end` may be called more than once."""

    def __init__(
        self, turns: "TurnQueue | None", *, yields: bool = False, since_s: float = 0.0
    ) -> None:
        self._turns = turns
        self._yields = yields
        self._since_s = since_s

    def end(self) -> None:
        """Let the next one have it."""
        turns, self._turns = self._turns, None
        if turns is None:
            return
        if self._yields:
            turns.rest(self._since_s)
        turns.give_back()


# Of what shares nothing.
NO_TURN = Turn(None)


class TurnQueue:
    """A number of turns."""

    def __init__(self, number: int, longest_s: float) -> None:
        self._free = number
        self._longest_s = longest_s
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._yielding: deque[asyncio.Future[None]] = deque()
        # While those that yield rest, and whether another batch has come since.
        self._rest: asyncio.TimerHandle | None = None
        self._others_came = False

    async def take(self, *, yields: bool = False) -> Turn:
        """Wait for a turn."""
        loop = asyncio.get_running_loop()
        handed = loop.create_future()
        (self._yielding if yields else self._waiting).append(handed)
        self._others_came |= not yields
        self._hand_over()
        try:
            await handed
        except asyncio.CancelledError:
            if not handed.cancelled():
                # It was handed over in the same moment.
                self.give_back()
            raise
        turn = Turn(self, yields=yields, since_s=loop.time())
        loop.call_later(self._longest_s, turn.end)
        return turn

    def give_back(self) -> None:
        """A turn has ended."""
        self._free += 1
        self._hand_over()

    def rest(self, since_s: float) -> None:
        """A turn that began then, of a batch that yields, has ended."""
        loop = asyncio.get_running_loop()
        ends_s = loop.time() + REST * min(loop.time() - since_s, self._longest_s)
        if self._rest is None:
            self._others_came = bool(self._waiting)
        else:
            ends_s = max(ends_s, self._rest.when())
            self._rest.cancel()
        self._rest = loop.call_at(ends_s, self._end_rest)

    def _end_rest(self) -> None:
        # Not by the time: a timer may come somewhat early.
        self._rest = None
        self._hand_over()

    def _hand_over(self) -> None:
        """Give what is free to those whose turn it is."""
        while self._free and (handed := self._next()) is not None:
            self._free -= 1
            handed.set_result(None)

    def _next(self) -> "asyncio.Future[None] | None":
        for callers in (self._waiting, self._yielding):
            while callers and callers[0].done():  # cancelled
                callers.popleft()
        if self._yielding and (self._rest is None or not self._others_came):
            return self._yielding.popleft()
        return self._waiting.popleft() if self._waiting else None
