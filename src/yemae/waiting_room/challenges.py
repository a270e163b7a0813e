"""Proof of work: challenges that a fan's device solves before it may join (ALTCHA, version 2).

A challenge belongs to one concert, is signed, and ends; nothing is kept of it until it is used.
Solving takes a random number of tries, each a key derivation. We make one of them when we hand a
challenge out and put a signature of its result inside, so that checking a solution is three HMACs.
"""

import secrets
from typing import NamedTuple

import altcha

from yemae.base.signing import key_for
from yemae.refusals import ProofOfWorkInvalid

ALGORITHM = "PBKDF2/SHA-256"
# Rounds of PBKDF2 in one try; the server makes one try for each challenge that it hands out.
COST = 200
TTL_S = 300
# A real one has about 700; nothing longer is decoded.
PAYLOAD_MAX_CHARS = 2_048
# Clocks of nodes and of Valkey may differ by this much.
SLACK_S = 120


class Solved(NamedTuple):
    """A solved challenge: what is kept of it once it is used."""

    id: bytes
    # Its end, in Unix minutes: challenges of one minute expire together.
    minute: int


class Challenges:
    """Issues challenges and checks solutions."""

    def __init__(
        self, secret_key: str, *, counter_max: int, ttl_s: int = TTL_S, cost: int = COST
    ) -> None:
        self._key = key_for(secret_key, "yemae challenge")
        self._key_of_results = key_for(secret_key, "yemae challenge result")
        self._ttl_s = ttl_s
        self._cost = cost
        self._counter_max = counter_max

    @property
    def kept_s(self) -> int:
        """For how long a solution has to be remembered after its use."""
        return self._ttl_s + SLACK_S

    def new(self, concert_id: str, now_s: float) -> dict[str, object]:
        """A challenge as ALTCHA's clients expect it. Its counter is random from 0 to the
        maximum, so that no starting point is better than another."""
        challenge = altcha.create_challenge(
            ALGORITHM,
            self._cost,
            counter=secrets.randbelow(self._counter_max + 1),
            expires_at=int(now_s) + self._ttl_s,
            data={"concert": concert_id},
            hmac_secret=self._key,
            hmac_key_secret=self._key_of_results,
        )
        return dict(challenge.to_dict())

    def solved(self, payload: str, concert_id: str, now_s: float) -> Solved:
        """The challenge of this concert that a client's payload (base64) solves, used or not.
        Raises ProofOfWorkInvalid."""
        if len(payload) > PAYLOAD_MAX_CHARS:
            raise ProofOfWorkInvalid
        try:
            read = altcha.Payload.from_base64(payload)
        except (ValueError, KeyError, TypeError, RecursionError):
            # Not base64, not JSON, or JSON of another shape.
            raise ProofOfWorkInvalid from None
        result = altcha.verify_solution(read, self._key, hmac_key_secret=self._key_of_results)
        parameters = read.challenge.parameters
        if not result.verified or parameters.data != {"concert": concert_id}:
            raise ProofOfWorkInvalid
        # What is signed is the value, however it is written: 60.0 and 6e1 are the same end as 60,
        # and have to be remembered as the same.
        ends_at_s = int(parameters.expires_at or 0)
        if ends_at_s <= now_s:
            raise ProofOfWorkInvalid
        return Solved(bytes.fromhex(parameters.nonce), ends_at_s // 60)
