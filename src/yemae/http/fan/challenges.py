"""대기열 · Challenges: proof of work for fans who want to join."""

from typing import Any

import msgspec

from yemae.http.contract.operation import Answer, Operation, Shown
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound


class Purpose(msgspec.Struct, frozen=True):
    """What a challenge is good for: a place in a concert's queue; `@accounts` for a new account."""

    concert: str


class Parameters(msgspec.Struct, frozen=True, rename="camel"):
    """What is to be solved: the counter whose derived key begins with `keyPrefix`."""

    algorithm: str
    cost: int
    key_length: int
    key_prefix: str
    nonce: str
    salt: str
    key_signature: str
    expires_at: int
    data: Purpose


class Challenge(msgspec.Struct, frozen=True):
    """A challenge of ALTCHA's proof of work, version 2. Its widgets and libraries solve it."""

    parameters: Parameters
    signature: str


EXAMPLE: dict[str, Any] = {
    "parameters": {
        "algorithm": "PBKDF2/SHA-256",
        "cost": 200,
        "keyLength": 32,
        "keyPrefix": "b42f7b0c18d44f12ab09e6a721bb2a91",
        "nonce": "9f7a4c1e2b8d43a6a7c9941e8f2d0b3c",
        "salt": "36d5f0a7c1be4e88906ac4c0d1f2e743",
        "keySignature": "7b6d7e0a9e89b1e6bbf0cb3f3a8a1d8dfb0e0dbb8120f8e4ecf2cf9d93a62b17",
        "expiresAt": 1795345500,
        "data": {"concert": "small-hall"},
    },
    "signature": "1f0c3a8e5b7d49264b8f6d2c90e1a7735cde84f0b1629a3d7e5f4c8b0a91d263",
}


async def show_challenge(call: Call) -> Answer:
    """A new challenge for one join of this concert's queue. Joining says whether one is needed."""
    concert = call.runtime.catalogue.queue(call.path("concert_id"))
    return Answer(
        200, call.runtime.challenges.new(concert.concert_id, call.runtime.now().timestamp())
    )


OPERATIONS = (
    Operation(
        "show_challenge",
        "GET",
        "/v1/concerts/{concert_id}/challenge",
        "queue",
        "A challenge to solve before joining",
        show_challenge,
        answers=(Shown(200, "A challenge", Challenge, EXAMPLE),),
        problems=(ConcertNotFound,),
        step="join",
    ),
)
