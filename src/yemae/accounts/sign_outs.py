"""Who has signed out everywhere, and when: access tokens from before are good for nothing.

A sign-out is one row in PostgreSQL. Every process keeps those of the last KEPT_S in memory, which
are few, and reads the new ones with each refresh of the catalogue; so no request waits for a store
because of them, and a sign-out holds on every node within half a second and the time of one
transaction.
"""

from typing import Any

from yemae.store.postgres import Postgres, Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "sign_outs.sql")
SIGN_OUT = QUERIES["sign_out"]
SIGN_OUTS = QUERIES["sign_outs"]
FORGET_SIGN_OUTS = QUERIES["forget_sign_outs"]
HAS_ENDED = QUERIES["has_ended"]

# No token that Yemae gives out lives longer: see guest keys in access.py.
KEPT_S = 400 * 86_400
# A row may become visible this much later than the time that it says.
LATE_S = 120
# The smallest step that a token and the database both resolve.
STEP_S = 0.001


class SignOuts:
    """The sign-outs that this process knows of."""

    def __init__(self) -> None:
        # When each user last signed out, in Unix seconds.
        self._at_s: dict[str, float] = {}
        self._read_to_s = 0.0

    def ended(self, claims: dict[str, Any]) -> bool:
        """Whether these claims of an access token are from before their owner signed out."""
        at_s = self._at_s.get(claims["sub"])
        return at_s is not None and issued_s(claims) < at_s + STEP_S / 2

    def after(self, user_id: str, now_s: int) -> float:
        """The time to issue a token at: now, or just after the user's sign-out, which the clock of
        another machine may have said."""
        at_s = self._at_s.get(user_id)
        return now_s if at_s is None else max(now_s, at_s + STEP_S)

    def note(self, user_id: str, at_s: float) -> None:
        """Know of a sign-out."""
        self._at_s[user_id] = max(at_s, self._at_s.get(user_id, 0.0))

    async def refresh(self, postgres: Postgres) -> None:
        """Read what is new. Raises StoreUnavailable."""
        async with postgres.transaction() as tx:
            rows = await tx.fetch(SIGN_OUTS, after_s=self._read_to_s - LATE_S, kept_s=KEPT_S)
        for row in rows:
            self.note(row.user_id, row.at_s)
            self._read_to_s = max(self._read_to_s, row.written_at_s)


def issued_s(claims: dict[str, Any]) -> float:
    """When a token was issued, in Unix seconds. Another issuer may not say: its tokens are
    compared by their ends, which come in the same order."""
    return float(claims.get("iat", claims["exp"]))


async def sign_out(tx: Transaction, user_id: str, issued_s: float) -> float:
    """Write that a user signs out everywhere, with a token issued at `issued_s`, by whatever clock.
    Returns up to when tokens are ended, in Unix seconds."""
    return float((await (await tx.send(SIGN_OUT, user_id=user_id, issued_s=issued_s)).one()).at_s)


async def has_ended(tx: Transaction, user_id: str, issued_s: float) -> bool:
    """Whether a token that was issued at `issued_s` has ended, by what the database knows."""
    sent = await tx.send(HAS_ENDED, user_id=user_id, issued_s=issued_s, step_s=STEP_S)
    return bool((await sent.one()).has_ended)


async def forget_old(tx: Transaction) -> None:
    """Drop the sign-outs before which every token has ended by itself."""
    await tx.send(FORGET_SIGN_OUTS, kept_s=KEPT_S)
