"""Queue tokens and entry tokens: a place in line and a pass, as signed text. Pure.

Every `concert_id` here is the id of a queue: the concert's own for its general sale, else the
phase's.

A queue token carries user, concert, lane and queue number: it *is* the place, so a line that
lost its data is rebuilt from the fans' tokens. The number of a drawn place is not in it, because a
token can be read by its owner and the draw is secret until the opening; it follows from the sealed
seed. An entry token carries the number and the end that its pass had when the token was
made; Valkey knows the live end. Both may carry the hash of a secret that the fan keeps (`proof`),
so that a copied token is useless without it.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from yemae.base.signing import Signer
from yemae.refusals import (
    EntryTokenInvalid,
    EntryTokenMismatch,
    EntryTokenMissing,
    QueueTokenExpired,
    QueueTokenInvalid,
)
from yemae.values.pass_key import PassKey
from yemae.waiting_room import queue_numbers


class QueueToken(NamedTuple):
    """A place: the user's number in a concert's line."""

    concert_id: str
    user_id: str
    number: int
    lane: int = 0
    # SHA-256 of the fan's own secret, base64url; empty: the token is not bound.
    proof: str = ""

    @property
    def pass_key(self) -> PassKey:
        """The pass that the place leads to."""
        return PassKey(self.concert_id, self.user_id, self.number)


class EntryToken(NamedTuple):
    """A pass of a user for a concert, and the end (Unix seconds) it had when signed."""

    concert_id: str
    user_id: str
    number: int
    expires_at_s: int
    proof: str = ""

    @property
    def pass_key(self) -> PassKey:
        """The pass that the token opens."""
        return PassKey(self.concert_id, self.user_id, self.number)


class TokenKeys:
    """Signs and reads both kinds."""

    def __init__(
        self, secret_key: str, queue_token_ttl_s: int, clock: Callable[[], float] = time.time
    ) -> None:
        self.queue = Signer(secret_key, "yemae queue token", clock)
        self.entry = Signer(secret_key, "yemae entry token", clock)
        self._queue_token_ttl_s = queue_token_ttl_s

    def sign_place(self, place: QueueToken, opens_at_s: int = 0) -> str:
        """The queue token of a place. Its end follows from the number's time, or from the opening
        for a drawn one, so that asking again for the same place gives the same token."""
        is_drawn = queue_numbers.is_drawn(place.number)
        number = 0 if is_drawn else place.number
        given_out_s = (
            opens_at_s
            if is_drawn
            else queue_numbers.given_out_s(number) + queue_numbers.BLOCK_MAX_S
        )
        claims: dict[str, Any] = {
            "sub": place.user_id,
            "concert": place.concert_id,
            "number": number,
            "exp": given_out_s + self._queue_token_ttl_s,
        }
        if place.lane:
            claims["lane"] = place.lane
        if place.proof:
            claims["proof"] = place.proof
        return self.queue.sign_known(claims)

    def read_place(self, token: str | None, drawn: Callable[[str, str], int]) -> QueueToken:
        """The place; `drawn` gives the number of a (concert, user) in the draw.

        Raises QueueTokenInvalid, QueueTokenExpired, or what `drawn` raises.
        """
        claims = self.queue.verify(token) if token else None
        if claims is None:
            raise QueueTokenInvalid
        if claims["exp"] <= self.queue.now():
            raise QueueTokenExpired
        concert_id, user_id = claims["concert"], claims["sub"]
        number = claims["number"] or drawn(concert_id, user_id)
        return QueueToken(
            concert_id, user_id, number, claims.get("lane", 0), claims.get("proof", "")
        )

    def sign_pass(self, entry: EntryToken) -> str:
        """The entry token of a pass."""
        claims: dict[str, Any] = {
            "sub": entry.user_id,
            "concert": entry.concert_id,
            "number": entry.number,
            "exp": entry.expires_at_s,
        }
        if entry.proof:
            claims["proof"] = entry.proof
        return self.entry.sign_known(claims)

    def read_pass(self, token: str | None, user_id: str) -> EntryToken:
        """The pass, checked for its owner; its end is not.

        Raises EntryTokenMissing, EntryTokenInvalid or EntryTokenMismatch.
        """
        if not token:
            raise EntryTokenMissing
        claims = self.entry.verify(token)
        if claims is None:
            raise EntryTokenInvalid
        entry = EntryToken(
            claims["concert"],
            claims["sub"],
            claims["number"],
            claims["exp"],
            claims.get("proof", ""),
        )
        if entry.user_id != user_id:
            raise EntryTokenMismatch
        return entry
