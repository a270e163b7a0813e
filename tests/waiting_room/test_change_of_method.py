"""A queueing method that is changed after fans have joined: no fan loses a place.

The control plane refuses to switch a draw on or off once its prequeue has begun, because numbers of
both kinds would stand in one line. This is what happens if it is done all the same.
"""

import pytest

from waiting_room.room import PACE, Room
from yemae.waiting_room import places, queue_numbers
from yemae.waiting_room.places import Joining, Standing

OPENS_IN_S = 600
SEED = b"a sealed seed of thirty-two bytes"
FANS = [f"fan-{n}" for n in range(20)]


async def join(room: Room, *users: str, is_draw: bool, opens_at_ms: int) -> list[Standing]:
    fans = [
        Joining(
            user,
            drawn_number=queue_numbers.drawn_number(SEED, room.concert_id, user)
            if is_draw
            else None,
        )
        for user in users
    ]
    return await room.arrive(*fans, opens_at_ms=opens_at_ms)


@pytest.mark.parametrize("was_draw", [True, False], ids=["draw to fifo", "fifo to draw"])
async def test_no_fan_loses_a_place(room: Room, was_draw: bool) -> None:
    opens_at_ms = await room.now_ms() + OPENS_IN_S * 1000
    early, late = FANS[:10], FANS[10:]
    first = await join(room, *early, is_draw=was_draw, opens_at_ms=opens_at_ms)
    then = await join(room, *late, is_draw=not was_draw, opens_at_ms=opens_at_ms)
    numbers = {user: s.number for user, s in zip(FANS, [*first, *then], strict=True)}
    assert len(set(numbers.values())) == 20
    assert {queue_numbers.is_drawn(numbers[user]) for user in early} == {was_draw}
    assert {queue_numbers.is_drawn(numbers[user]) for user in late} == {not was_draw}

    again = await join(room, *FANS, is_draw=not was_draw, opens_at_ms=opens_at_ms)
    assert [standing.number for standing in again] == list(numbers.values())
    assert not any(standing.new for standing in again)
    polled = await room.places(numbers)
    assert {standing.word for standing in polled} == {"waiting"}
    # Drawn numbers are below all others, in any order of joining.
    order = sorted(FANS, key=numbers.__getitem__)
    assert set(order[:10]) == set(early if was_draw else late)
    ahead = dict(zip(FANS, (standing.ahead for standing in polled), strict=True))
    assert sorted(FANS, key=ahead.__getitem__) == order

    room.travel(OPENS_IN_S)
    await places.place(
        room.valkey, room.concert_id, [room.token(*place) for place in numbers.items()], PACE
    )
    assert (await room.admit(opens_at_ms=opens_at_ms, active_limit=10)).admitted == 10
    assert await room.inside() == set(order[:10])
    assert (await room.snapshot()).waiting == 10


@pytest.mark.parametrize("was_draw", [True, False], ids=["draw to fifo", "fifo to draw"])
async def test_places_come_back_after_a_loss_too(room: Room, was_draw: bool) -> None:
    opens_at_ms = await room.now_ms() + OPENS_IN_S * 1000
    first = await join(room, *FANS[:10], is_draw=was_draw, opens_at_ms=opens_at_ms)
    then = await join(room, *FANS[10:], is_draw=not was_draw, opens_at_ms=opens_at_ms)
    numbers = {user: s.number for user, s in zip(FANS, [*first, *then], strict=True)}
    room.store.flushall()
    tokens = [room.token(*place) for place in numbers.items()]
    assert {s.word for s in await room.places(numbers)} == {"lost"}
    await places.restore(room.valkey, room.concert_id, tokens, PACE)
    back = await room.places(numbers)
    assert [(s.word, s.number) for s in back] == [("waiting", n) for n in numbers.values()]


async def test_a_drawn_token_names_its_place_whatever_the_method_is_now(room: Room) -> None:
    """The number of a drawn place is not in the token; it follows from the seed, which stays."""
    opens_at_ms = await room.now_ms() + OPENS_IN_S * 1000
    (standing,) = await join(room, "ann", is_draw=True, opens_at_ms=opens_at_ms)
    (again,) = await join(room, "ann", is_draw=False, opens_at_ms=opens_at_ms)
    assert again.number == standing.number
    assert again.number == queue_numbers.drawn_number(SEED, room.concert_id, "ann")
