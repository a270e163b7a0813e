"""Queue tokens and entry tokens: a place in line and a pass, as signed text. Pure.

A queue token carries user, concert and ticket number: it *is* the place, so a line that lost its
data is rebuilt from the tokens that fans bring. An entry token carries the same number and the
end that its pass had when the token was made; Valkey knows the live end.
"""

from typing import NamedTuple

from yemae.refusals import (
    EntryTokenInvalid,
    EntryTokenMismatch,
    EntryTokenMissing,
    QueueTokenExpired,
    QueueTokenInvalid,
)
from yemae.signing import Signer


class QueueToken(NamedTuple):
    """A place: the user's number in a concert's line."""

    concert_id: str
    user_id: str
    number: int


class EntryToken(NamedTuple):
    """A pass of a user for a concert, and the end (Unix seconds) it had when signed."""

    concert_id: str
    user_id: str
    number: int
    expires_at_s: int


class TokenKeys:
    """Signs and reads both kinds."""

    def __init__(self, secret_key: str, queue_token_ttl_s: int) -> None:
        self.queue = Signer(secret_key, "yemae queue token")
        self.entry = Signer(secret_key, "yemae entry token")
        self._queue_token_ttl_s = queue_token_ttl_s

    def sign_place(self, place: QueueToken) -> str:
        """The queue token of a place. The end follows from the number's time, so that asking
        again for the same place gives the same token."""
        given_out_s = place.number // 1_000_000
        return self.queue.sign(
            {
                "sub": place.user_id,
                "concert": place.concert_id,
                "number": place.number,
                "exp": given_out_s + self._queue_token_ttl_s,
            }
        )

    def read_place(self, token: str | None) -> QueueToken:
        """Raises QueueTokenInvalid or QueueTokenExpired."""
        claims = self.queue.verify(token) if token else None
        if claims is None:
            raise QueueTokenInvalid
        if claims["exp"] <= self.queue.now():
            raise QueueTokenExpired
        return QueueToken(claims["concert"], claims["sub"], claims["number"])

    def sign_pass(self, entry: EntryToken) -> str:
        """The entry token of a pass."""
        return self.entry.sign(
            {
                "sub": entry.user_id,
                "concert": entry.concert_id,
                "number": entry.number,
                "exp": entry.expires_at_s,
            }
        )

    def read_pass(self, token: str | None, user_id: str, concert_id: str | None) -> EntryToken:
        """The pass, checked for its owner and, when given, for its concert; its end is not.

        Raises EntryTokenMissing, EntryTokenInvalid or EntryTokenMismatch.
        """
        if not token:
            raise EntryTokenMissing
        claims = self.entry.verify(token)
        if claims is None:
            raise EntryTokenInvalid
        entry = EntryToken(claims["concert"], claims["sub"], claims["number"], claims["exp"])
        if entry.user_id != user_id or concert_id not in (None, entry.concert_id):
            raise EntryTokenMismatch
        return entry
