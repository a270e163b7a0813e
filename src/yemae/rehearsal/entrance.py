"""What a simulated fan brings to the queue: a presale code, a solved challenge. Pure."""

from typing import NamedTuple

import altcha
import msgspec


class Entrance(NamedTuple):
    """What one fan brings; nothing where the concert asks for nothing."""

    code: str = ""
    proof_of_work: bool = False


def solved(answer: bytes) -> str:
    """The solution of a challenge, as ALTCHA's clients send it. The private server gives
    challenges that the second try solves at the latest."""
    challenge = altcha.Challenge.from_dict(msgspec.json.decode(answer))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None, "every challenge has a solution"
    return str(altcha.Payload(challenge, solution).to_base64())
