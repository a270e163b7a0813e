"""The draw: only fans who join before the opening have a number from the sealed seed."""

import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waiting_room.room import CONCERT, Room
from yemae.waiting_room import queue_numbers
from yemae.waiting_room.places import Joining

SEED = bytes(range(32))
FANS = [f"fan-{n:03}" for n in range(200)]


def drawn(user: str) -> Joining:
    return Joining(user, drawn_number=queue_numbers.drawn_number(SEED, CONCERT, user))


async def opens_in(room: Room, seconds: int) -> int:
    return await room.now_ms() + seconds * 1_000


async def test_the_order_among_those_before_the_opening_is_the_draw_s(room: Room) -> None:
    opens_at_ms = await opens_in(room, 60)
    await room.arrive(*map(drawn, FANS), opens_at_ms=opens_at_ms)
    room.travel(30)
    assert (await room.admit(opens_at_ms=opens_at_ms)).admitted == 0
    room.travel(14)
    order = sorted(FANS, key=lambda user: queue_numbers.drawn_number(SEED, CONCERT, user))
    assert order != FANS
    room.travel(-14)
    numbers = {user: queue_numbers.drawn_number(SEED, CONCERT, user) for user in FANS}
    await room.places(numbers)
    room.travel(30)
    for count in range(1, 6):
        await room.admit(opens_at_ms=opens_at_ms, active_limit=20 * count)
        assert await room.inside() == set(order[: 20 * count])


async def test_drawn_numbers_are_counted_in_the_blocks_of_the_draw(room: Room) -> None:
    opens_at_ms = await opens_in(room, 60)
    standings = await room.arrive(
        *(Joining(user, lane=1, drawn_number=drawn(user).drawn_number) for user in FANS),
        opens_at_ms=opens_at_ms,
    )
    blocks = Counter(queue_numbers.block_of(1, standing.number) for standing in standings)
    assert dict((await room.snapshot()).blocks) == blocks


async def test_a_fan_who_joins_after_the_opening_is_behind_the_draw_in_turn(
    room: Room,
) -> None:
    opens_at_ms = await opens_in(room, 1)
    await room.arrive(*map(drawn, FANS[:50]), opens_at_ms=opens_at_ms)
    room.travel(2)
    late = await room.arrive(*map(drawn, FANS[50:60]), opens_at_ms=opens_at_ms)
    assert [standing.ahead for standing in late] == list(range(50, 60))
    assert not any(queue_numbers.is_drawn(standing.number) for standing in late)


async def test_the_store_s_clock_decides_who_is_in_the_draw(room: Room) -> None:
    """A node that is behind the time cannot give out drawn numbers after the opening."""
    opens_at_ms = await opens_in(room, 0)
    (standing,) = await room.arrive(drawn("ann"), opens_at_ms=opens_at_ms)
    assert not queue_numbers.is_drawn(standing.number)


async def test_joining_again_before_the_opening_changes_nothing(room: Room) -> None:
    opens_at_ms = await opens_in(room, 60)
    first = await room.arrive(*map(drawn, FANS), opens_at_ms=opens_at_ms)
    again = await room.arrive(*map(drawn, reversed(FANS)), opens_at_ms=opens_at_ms)
    assert [s.number for s in first] == [s.number for s in reversed(again)]
    assert not any(standing.new for standing in again)


async def test_a_fan_who_gives_a_drawn_place_up_comes_back_behind_the_draw(room: Room) -> None:
    """Otherwise leaving and joining again would be free; and it never is a second draw."""
    opens_at_ms = await opens_in(room, 60)
    first, *_ = await room.arrive(*map(drawn, FANS), opens_at_ms=opens_at_ms)
    await room.leave(FANS[0], first.number)
    (again,) = await room.arrive(drawn(FANS[0]), opens_at_ms=opens_at_ms)
    assert again.new
    assert not queue_numbers.is_drawn(again.number)
    assert (await room.place(FANS[0], first.number)).word == "ended"


async def test_a_drawn_place_that_was_lost_comes_back_from_its_token(room: Room) -> None:
    opens_at_ms = await opens_in(room, 60)
    standings = await room.arrive(*map(drawn, FANS), opens_at_ms=opens_at_ms)
    room.store.flushall()
    for user, standing in zip(FANS, standings, strict=True):
        assert (await room.place(user, standing.number)).word == "lost"
        await room.restore(user, standing.number)
    room.travel(61)
    newcomer = await room.arrive(drawn("newcomer"), opens_at_ms=opens_at_ms)
    assert newcomer[0].ahead >= len(FANS)


seeds = st.binary(min_size=32, max_size=32)
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=128)


@given(seeds, names, names)
def test_a_drawn_number_hangs_on_seed_concert_and_fan_alone(
    seed: bytes, concert: str, user: str
) -> None:
    number = queue_numbers.drawn_number(seed, concert, user)
    assert 1 <= number < queue_numbers.DRAWN
    assert number == queue_numbers.drawn_number(seed, concert, user)
    assert number != queue_numbers.drawn_number(seed, concert, f"{user}x")
    assert number != queue_numbers.drawn_number(seed, f"{concert}x", user)
    assert number != queue_numbers.drawn_number(
        bytes(32) if any(seed) else b"\1" * 32, concert, user
    )


@pytest.mark.parametrize(
    ("concert", "user", "number"),
    [
        ("hall", "ann", 40_245_812_544_900),
        ("hall", "팬", 17_695_935_106_665),
        ("club", "ann", 81_860_810_336_856),
    ],
)
def test_a_drawn_number_never_changes_between_versions(
    concert: str, user: str, number: int
) -> None:
    """Computed by hand from the published method: the top 47 bits of the HMAC-SHA256, modulo
    2^47 - 1, plus 1. Fans who verify a draw rely on it."""
    assert queue_numbers.drawn_number(bytes(range(32)), concert, user) == number


def test_a_number_from_2_to_the_47_is_in_turn_and_names_its_microsecond() -> None:
    assert queue_numbers.is_drawn(2**47 - 1)
    assert not queue_numbers.is_drawn(2**47)
    monday = datetime(2026, 1, 5, tzinfo=UTC)
    number = (monday - datetime(2020, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert queue_numbers.given_out_s(number + 999_999) == monday.timestamp()


def test_the_draw_is_even() -> None:
    """Two thousand fans fall into twenty parts of the range as chance has it: no part is off by
    more than five standard deviations."""
    seed, fans, parts = secrets.token_bytes(32), 2_000, 20
    counts = [0] * parts
    for n in range(fans):
        counts[
            queue_numbers.drawn_number(seed, CONCERT, f"fan-{n}") * parts // queue_numbers.DRAWN
        ] += 1
    mean = fans / parts
    assert all(abs(count - mean) < 5 * mean**0.5 for count in counts)


def test_the_seal_is_the_hash_of_the_seed() -> None:
    assert queue_numbers.seal(b"abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
