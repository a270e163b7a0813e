"""Queue numbers: what they say. Pure.

A number is below 2^51, so that with its lane it is an exact score in a sorted set. It is one of
two kinds:

- *drawn*, below 2^47: HMAC-SHA256 of the fan's id with the concert's sealed seed. Fans who
  join before the opening have one. Their order is a draw that cannot be influenced and, once the
  seed is published, can be recomputed by every reader.
- *in turn*, above: the time at which its block was begun, in microseconds since 2020, plus the
  index in the block. In 2020 plus 2^47 microseconds, June 2024, these two ranges met; no number in
  turn is older than this software, so drawn ones are ahead.

Blocks are ranges of numbers. Valkey counts the fans of each block in the line, so that a snapshot
of the counts gives the position of any number to within a block.
"""

import hashlib
import hmac

EPOCH_S = 1_577_836_800  # 2020-01-01T00:00:00Z
LANE = 1 << 51
DRAWN = 1 << 47
BLOCK = 1 << 8
DRAWN_BLOCK = 1 << 35
# A block may be this much older than its last number.
BLOCK_MAX_S = 600
# Up to here positions are exact; further back they are the most that can be (snapshot.py).
EXACT_AHEAD = 100


def drawn_number(seed: bytes, concert_id: str, user_id: str) -> int:
    """The fan's number in the draw, from 1 to 2^47."""
    digest = hmac.digest(seed, f"{concert_id}:{user_id}".encode(), hashlib.sha256)
    return 1 + (int.from_bytes(digest[:8]) >> 17) % (DRAWN - 1)


def seal(seed: bytes) -> str:
    """What is public of a seed before the opening: its SHA-256, in hex."""
    return hashlib.sha256(seed).hexdigest()


def is_drawn(number: int) -> bool:
    """Whether a number comes from the draw."""
    return number < DRAWN


def given_out_s(number: int) -> int:
    """When the block of a number in turn was begun, Unix seconds: up to BLOCK_MAX_S before the
    number was given out."""
    return EPOCH_S + number // 1_000_000


def block_of(lane: int, number: int) -> int:
    """The block that a number counts in; blocks sort as their numbers do."""
    if number < DRAWN:
        return lane * (LANE // BLOCK) + number // DRAWN_BLOCK
    return (lane * LANE + number) // BLOCK
