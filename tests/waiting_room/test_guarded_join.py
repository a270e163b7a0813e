"""Who may have a new place: proofs of work, and joins from one address."""

import asyncio

from helpers.cluster import Cluster
from waiting_room.room import Room
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.places import Joining

KEPT_S = 420
ONE, TWO = Solved(b"1" * 16, 30_000_000), Solved(b"2" * 16, 30_000_001)


async def words(room: Room, *fans: Joining, proof_kept_s: int = KEPT_S) -> list[str]:
    return [standing.word for standing in await room.arrive(*fans, proof_kept_s=proof_kept_s)]


async def solved_keys(room: Room) -> dict[str, int]:
    """The sets of used challenges, with the seconds that they have left."""
    found = await asyncio.to_thread(room.store.keys, f"yemae:{{{room.concert_id}}}:solved:*")
    return {key: await asyncio.to_thread(room.store.ttl, key) for key in found}


async def test_a_new_place_takes_a_solved_challenge(room: Room) -> None:
    assert await words(room, Joining("ann"), Joining("ben", solved=ONE)) == ["unproven", "waiting"]
    assert (await room.snapshot()).waiting == 1


async def test_a_solved_challenge_is_good_for_one_place(room: Room) -> None:
    together = await words(room, Joining("ann", solved=ONE), Joining("ben", solved=ONE))
    assert together == ["waiting", "used"]
    assert await words(room, Joining("cho", solved=ONE)) == ["used"]
    assert await words(room, Joining("cho", solved=TWO)) == ["waiting"]


async def test_a_fan_with_a_place_needs_no_challenge_and_uses_none(room: Room) -> None:
    await room.enter("ben")
    await room.line_up("ann")
    assert await words(room, Joining("ann"), Joining("ben")) == ["waiting", "admitted"]
    assert await words(room, Joining("ann", solved=ONE)) == ["waiting"]
    assert await words(room, Joining("cho", solved=ONE)) == ["waiting"]


async def test_an_absent_fan_comes_back_without_a_challenge(room: Room) -> None:
    await room.line_up("ann")
    room.travel(46)
    await room.admit()
    assert (await room.snapshot()).absent == 1
    assert await words(room, Joining("ann")) == ["waiting"]


async def test_a_fan_whose_pass_ran_out_solves_another_one(room: Room) -> None:
    assert await words(room, Joining("ann", solved=ONE)) == ["waiting"]
    assert await room.enter("ann") > 0
    room.travel(601)
    assert await words(room, Joining("ann")) == ["unproven"]
    assert await words(room, Joining("ann", solved=ONE)) == ["used"]
    assert await words(room, Joining("ann", solved=TWO)) == ["waiting"]


async def test_a_queue_without_proof_of_work_requires_none(room: Room) -> None:
    fans = [Joining("ann"), Joining("ben", solved=ONE), Joining("cho", solved=ONE)]
    assert await words(room, *fans, proof_kept_s=0) == ["waiting"] * 3
    assert await solved_keys(room) == {}


async def test_used_challenges_are_remembered_by_minute_and_forgotten(room: Room) -> None:
    await words(room, Joining("ann", solved=ONE), Joining("ben", solved=TWO))
    keys = await solved_keys(room)
    prefix = f"yemae:{{{room.concert_id}}}:solved:"
    assert keys.keys() == {f"{prefix}30000000", f"{prefix}30000001"}
    assert all(KEPT_S - 60 < left_s <= KEPT_S for left_s in keys.values())


async def test_a_closed_door_uses_no_challenge(room: Room) -> None:
    (refused,) = await room.arrive(Joining("ann", solved=ONE), proof_kept_s=KEPT_S, door="closed")
    assert refused.word == "refused"
    assert await words(room, Joining("ann", solved=ONE)) == ["waiting"]


async def test_straight_in_takes_a_solved_challenge_too(room: Room) -> None:
    fans = [Joining("ann"), Joining("ben", solved=ONE), Joining("cho", solved=ONE)]
    standings = await room.arrive(*fans, proof_kept_s=KEPT_S, door="straight in", entry_ttl_s=600)
    assert [standing.word for standing in standings] == ["unproven", "admitted", "used"]


async def test_an_address_has_a_limited_number_of_new_places_a_minute(room: Room) -> None:
    await room.travel_to_second(1)
    fans = [Joining(f"fan-{n}", address="192.0.2.1") for n in range(4)]
    standings = await room.arrive(*fans, joins_per_address=3)
    assert [s.word for s in standings] == ["waiting"] * 3 + ["too_many"]
    assert 1 <= standings[3].retry_after_s <= 60
    (elsewhere,) = await room.arrive(Joining("ann", address="192.0.2.2"), joins_per_address=3)
    assert elsewhere.word == "waiting"


async def test_joins_without_an_address_are_not_counted(room: Room) -> None:
    standings = await room.arrive(Joining("ann"), Joining("ben"), joins_per_address=1)
    assert [standing.word for standing in standings] == ["waiting"] * 2


async def test_the_minute_s_end_gives_an_address_new_places(room: Room) -> None:
    await room.travel_to_second(1)
    fan = Joining("ann", address="192.0.2.1")
    await room.arrive(Joining("ben", address="192.0.2.1"), joins_per_address=1)
    (refused,) = await room.arrive(fan, joins_per_address=1)
    assert refused.word == "too_many"
    room.travel(refused.retry_after_s - 2)
    (refused,) = await room.arrive(fan, joins_per_address=1)
    assert refused.word == "too_many"
    room.travel(refused.retry_after_s)
    (standing,) = await room.arrive(fan, joins_per_address=1)
    assert standing.word == "waiting"


async def test_places_that_fans_have_already_are_not_counted(room: Room) -> None:
    fan = Joining("ann", address="192.0.2.1")
    for _ in range(3):
        (standing,) = await room.arrive(fan, joins_per_address=1)
        assert standing.word == "waiting"


async def test_a_fan_who_is_refused_for_the_address_keeps_the_challenge(room: Room) -> None:
    await room.travel_to_second(1)
    await room.arrive(Joining("ben", address="192.0.2.1"), joins_per_address=1)
    fan = Joining("ann", address="192.0.2.1", solved=ONE)
    (refused,) = await room.arrive(fan, joins_per_address=1, proof_kept_s=KEPT_S)
    assert refused.word == "too_many"
    room.travel(60)
    (standing,) = await room.arrive(fan, joins_per_address=1, proof_kept_s=KEPT_S)
    assert standing.word == "waiting"


async def test_a_join_without_proof_does_not_count_for_the_address(room: Room) -> None:
    fan = Joining("ann", address="192.0.2.1")
    for _ in range(3):
        (refused,) = await room.arrive(fan, joins_per_address=1, proof_kept_s=KEPT_S)
        assert refused.word == "unproven"
    (standing,) = await room.arrive(fan, joins_per_address=1)
    assert standing.word == "waiting"


async def test_in_a_cluster_a_solved_challenge_is_good_for_one_place_too(cluster: Cluster) -> None:
    """Its keys have names of their own, and are where the rest of the concert is."""
    for concert_id in ("one", "two", "three", "four"):
        room = Room(cluster.url_of(0), concert_id)
        together = [Joining("ann", solved=ONE), Joining("ben", solved=ONE)]
        assert await words(room, *together, Joining("cho")) == ["waiting", "used", "unproven"]
        assert await words(room, Joining("dae", solved=TWO)) == ["waiting"]
        await room.close()
