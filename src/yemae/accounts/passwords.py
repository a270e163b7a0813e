"""Passwords: which may be chosen, and their Argon2id hashes, made in turn.

One hash costs tens of milliseconds and 19 MiB (OWASP's minimum, Password Storage Cheat Sheet), so
they are made in threads, a few at a time. Networks take turns: a caller who is alone in a network
waits for one hash of each other network, however many callers those have. How many may wait is
bounded, for each network and for all.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from yemae.refusals import Overloaded, RateLimited
from yemae.values.text import UNSAFE, composed

HASHES_AT_ONCE = 2
RETRY_S = 1
# Sign-ups and sign-ins that may wait for their hash, in one process.
CALLERS_MAX = 200
CALLERS_PER_ADDRESS_MAX = 64
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Turns:
    """Lets a few callers work at once; the others wait, and networks take turns."""

    def __init__(self, callers_max: int, callers_per_address_max: int) -> None:
        self._callers_max = callers_max
        self._callers_per_address_max = callers_per_address_max
        self._free = HASHES_AT_ONCE
        self._callers = 0
        # The network whose turn is next comes first.
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """A turn of this network. Raises Overloaded, or RateLimited when too many of the network
        wait already."""
        if self._callers >= self._callers_max:
            raise Overloaded
        if len(self._waiting.get(address, ())) >= self._callers_per_address_max:
            raise RateLimited(RETRY_S)
        self._callers += 1
        try:
            await self._wait(address)
            try:
                yield
            finally:
                self._hand_on()
        finally:
            self._callers -= 1

    async def _wait(self, address: str) -> None:
        if self._free:
            self._free -= 1
            return
        called = asyncio.get_running_loop().create_future()
        queue = self._waiting.setdefault(address, deque())
        queue.append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                # It was given the turn in the same moment.
                self._hand_on()
            else:
                queue.remove(called)
                if not queue:
                    del self._waiting[address]
            raise

    def _hand_on(self) -> None:
        """Give the turn to the next network's first caller, or keep it for the next who comes."""
        if not self._waiting:
            self._free += 1
            return
        address, queue = self._waiting.popitem(last=False)
        called = queue.popleft()
        if queue:
            self._waiting[address] = queue
        called.set_result(None)


class Passwords:
    """Hashes and compares, in turn."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        # Before the first sign-in, because the loop waits for it.
        self._no_user = _hash_of_no_user()

    async def hash(self, password: str, address: str) -> str:
        """The Argon2id hash of a password. Raises Overloaded or RateLimited."""
        async with self.turns.turn(address):
            return await asyncio.to_thread(HASHER.hash, composed(password))

    async def match(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash; no hash matches nothing, as slowly. To be
        called in a turn."""
        return await asyncio.to_thread(self._match, password_hash, password)

    def _match(self, password_hash: str | None, password: str) -> bool:
        # Earlier versions hashed what was typed as it came.
        forms = dict.fromkeys((composed(password), password))
        found = [self._verify(password_hash or self._no_user, form) for form in forms]
        return password_hash is not None and any(found)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return HASHER.verify(password_hash, password)
        except (Argon2Error, InvalidHashError):
            return False


@cache
def _hash_of_no_user() -> str:
    """Compared with when there is no such user, so that the answer takes as long. Made once in a
    process, as slowly as any."""
    return HASHER.hash("no user")


def wrong_password(password: str, email: str, name: str) -> str | None:
    """What a new password has to be and is not, or None when all is well. Pure."""
    seen = _bare(password)
    if not seen:
        return "Expected more than spaces"
    if seen in {_bare(text) for text in (email, email.partition("@")[0], name)}:
        return "Expected something else than the email address or the name"
    return None


def _bare(text: str) -> str:
    """What of a text can be seen, whatever its capitals."""
    return composed(UNSAFE.sub("", text)).strip().casefold()
