"""How often a network may make accounts and try passwords, before any work is done for it.

Counted in Valkey for all nodes together; while it is away, in this process by the same rules. What
always holds: wrong passwords count for the network that they come from, at one account and at all
together, so that neither a stranger nor a stranger's network locks an owner out; from many networks
together they count for the account, and even then its owner gets in from a network that they have
signed in from before.
"""

import hashlib
import time
from collections import Counter
from typing import NamedTuple

from yemae.base.rate_limit import Window
from yemae.refusals import ProofOfWorkInvalid, RateLimited, StoreUnavailable
from yemae.store.scripts import script
from yemae.store.valkey import Valkey

MINUTE_S = 60
# Failures per minute: of one network at one account, and of one network at all accounts together.
AT_ACCOUNT = 10
OF_NETWORK = 30
# A try at one account counts for all networks together from this many times the limit of one on.
NETWORKS = 10
REMEMBERED_S = 30 * 86_400
# How many networks of owners this process remembers for the time that Valkey is away.
REMEMBERED_MAX = 100_000

KEYS = ("pair", "network", "account", "known")


class Most(NamedTuple):
    """Tries per minute: of one network at one account, of one network at all accounts together, and
    of all networks together at one account."""

    at_account: int
    of_network: int
    of_all: int


@script(__file__, KEYS)
def sign_in_try_lua(*, most: Most) -> int: ...
@script(__file__, KEYS)
def sign_in_right_lua(*, remembered_s: int) -> None: ...


class SignInLimit:
    """Counts tries to sign in."""

    def __init__(
        self, valkey: Valkey, at_account: int = AT_ACCOUNT, of_network: int = OF_NETWORK
    ) -> None:
        self._valkey = valkey
        self._most = Most(at_account, of_network, NETWORKS * at_account)
        self._here = _Here(self._most)

    async def attempt(self, email: str, address: str) -> None:
        """Count a try, before the password is looked at, so that guesses at the same moment count,
        too. Raises RateLimited when there were too many."""
        keys = _keys(email, address)
        try:
            wait_s = await self._valkey.run(sign_in_try_lua(most=self._most), keys)
        except StoreUnavailable:
            # People must be able to sign in while the waiting room is away, and to guess no more.
            wait_s = self._here.attempt(keys)
        if wait_s:
            raise RateLimited(wait_s)

    async def was_right(self, email: str, address: str) -> None:
        """Take the try back, because the password was right, and remember the network."""
        keys = _keys(email, address)
        self._here.was_right(keys)
        try:
            await self._valkey.run(sign_in_right_lua(remembered_s=REMEMBERED_S), keys)
        except StoreUnavailable:
            return


class _Here:
    """The same rules as of the scripts, for one process."""

    def __init__(self, most: Most) -> None:
        self._most = most
        self._counts: Counter[str] = Counter()
        self._known: dict[str, None] = {}
        self._ends_at = 0.0

    def attempt(self, keys: list[str]) -> int:
        now = time.monotonic()
        if now >= self._ends_at:
            self._counts.clear()
            self._ends_at = now + MINUTE_S
        counted = keys[:1] if keys[3] in self._known else keys[:3]
        if any(self._counts[key] >= most for key, most in zip(counted, self._most, strict=False)):
            return max(1, round(self._ends_at - now))
        self._counts.update(counted)
        return 0

    def was_right(self, keys: list[str]) -> None:
        del self._counts[keys[0]]
        if keys[3] not in self._known:
            for key in keys[1:3]:
                self._counts[key] = max(0, self._counts[key] - 1)
        self._known[keys[3]] = None
        if len(self._known) > REMEMBERED_MAX:
            del self._known[next(iter(self._known))]


class AccountLimit:
    """Counts new accounts, and uses proofs of work up."""

    def __init__(self, valkey: Valkey, per_minute: int, proof_kept_s: int) -> None:
        self._valkey = valkey
        self._per_minute = per_minute
        self._proof_kept_s = proof_kept_s
        self._here = Window(MINUTE_S, per_minute)
        self._used_here = Window(proof_kept_s, 1)

    async def count(self, address: str) -> None:
        """Count a new account of this network. Raises RateLimited."""
        try:
            count = await self._valkey.count_up(f"yemae:new-accounts:{address}", MINUTE_S)
        except StoreUnavailable:
            self._here.count(address)
            return
        if count > self._per_minute:
            raise RateLimited(MINUTE_S)

    async def use(self, proof: bytes) -> None:
        """Use a solved challenge up. Raises ProofOfWorkInvalid when it was used before."""
        try:
            key = f"yemae:account-proof:{proof.hex()}"
            uses = await self._valkey.count_up(key, self._proof_kept_s)
        except StoreUnavailable:
            uses = self._use_here(proof)
        if uses > 1:
            raise ProofOfWorkInvalid

    def _use_here(self, proof: bytes) -> int:
        try:
            self._used_here.count(proof)
        except RateLimited:
            return 2
        return 1


def _keys(email: str, address: str) -> list[str]:
    """The four keys of `sign_in_try`, on one shard of a cluster. Nothing in them can be read."""
    account, pair = _digest(email), _digest(f"{address} {email}")
    return [
        f"yemae:{{sign-in}}:{name}"
        for name in (f"pair:{pair}", f"from:{address}", f"at:{account}", f"known:{pair}")
    ]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
