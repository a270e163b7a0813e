"""The audit of a draw: whether every drawn place has the number that the sealed seed gives.

It checks every place that is or was: of waiting, absent and admitted fans. A fan can check their
own number without the server (docs/waiting-room.md has the ten lines); this is the operator's check
of all numbers.
"""

from typing import NamedTuple

from yemae.concerts.catalogue import Concert
from yemae.runtime import Stores
from yemae.sale import policy
from yemae.values.instants import unix_ms
from yemae.waiting_room import counts, queue_numbers


class Drawn(NamedTuple):
    """One place of the draw: the number it has, and the one it should have."""

    user_id: str
    number: int
    expected: int


class Audit(NamedTuple):
    """What an audit found. `wrong` are the places whose number is not the seed's."""

    sealed: str
    # None until the sale is open.
    seed: str | None
    checked: int
    wrong: list[Drawn]


async def audit(stores: Stores, concert: Concert) -> Audit:
    """Check every drawn place. Raises StoreUnavailable."""
    numbers = {
        user_id: number
        async for user_id, number in counts.every_place(stores.valkey, concert.id)
        if queue_numbers.is_drawn(number)
    }
    wrong = [
        Drawn(user_id, number, expected)
        for user_id, number in numbers.items()
        if number != (expected := policy.drawn_number(concert, user_id))
    ]
    # By the very clock that gives numbers out.
    now_ms = (await counts.snapshot(stores.valkey, concert.id)).now_ms
    is_open = now_ms >= unix_ms(concert.sale_opens_at)
    seed = concert.draw_seed.hex() if is_open else None
    return Audit(queue_numbers.seal(concert.draw_seed), seed, len(numbers), wrong)
