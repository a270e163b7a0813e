"""Proof of work as a fan's device does it, and concerts that ask for it."""

from typing import Any

import altcha
import msgspec

from helpers.concerts import concert
from yemae.concerts.files.concert_file import FileConcert


def guarded(concert_id: str = "hall", **queue: Any) -> FileConcert:
    """The usual concert with some of its queue's settings changed."""
    usual = concert(concert_id=concert_id)
    return msgspec.structs.replace(usual, queue=msgspec.structs.replace(usual.queue, **queue))


def solve(challenge: dict[str, Any]) -> str:
    """What ALTCHA's clients send for a challenge."""
    read = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(read)
    assert solution is not None
    return altcha.Payload(read, solution).to_base64()
