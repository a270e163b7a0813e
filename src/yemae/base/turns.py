"""Turns at a store, which the batches of several verbs share.

Under a mix of verbs a dozen small transactions would compete for the same few cores. With turns, a
batch that waits for its own goes on gathering callers, so batches grow with the load and not with
the number of verbs. What always holds:

- a turn is free at once when fewer than `number` are taken, and turns are had in the order in which
  they were asked for; a batch asks for one at a time, so no verb keeps another out;
- a turn ends after `longest_s` at the latest. What takes longer, because a row is locked elsewhere
  or the store hangs, goes on without one, and holds up no other verb;
- a caller that is cancelled gives its turn back.
"""

import asyncio
from collections import deque


class Turn:
    """Leave to use the store; `end` may be called more than once."""

    def __init__(self, turns: "TurnQueue | None") -> None:
        self._turns = turns

    def end(self) -> None:
        """Let the next one have it."""
        turns, self._turns = self._turns, None
        if turns is not None:
            turns.give_back()


# Of what shares nothing.
NO_TURN = Turn(None)


class TurnQueue:
    """A number of turns."""

    def __init__(self, number: int, longest_s: float) -> None:
        self._free = number
        self._longest_s = longest_s
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> Turn:
        """Wait for a turn."""
        if self._free:
            self._free -= 1
        else:
            handed = asyncio.get_running_loop().create_future()
            self._waiting.append(handed)
            try:
                await handed
            except asyncio.CancelledError:
                if not handed.cancelled():
                    # It was handed over in the same moment.
                    self.give_back()
                raise
        turn = Turn(self)
        asyncio.get_running_loop().call_later(self._longest_s, turn.end)
        return turn

    def give_back(self) -> None:
        """Hand a turn that has ended to the one that has waited longest."""
        while self._waiting:
            handed = self._waiting.popleft()
            if not handed.done():
                handed.set_result(None)
                return
        self._free += 1
