"""Whom an operator means: by a user id, an e-mail address or a queue number."""

from helpers.concerts import HALL
from helpers.fans import Fan
from yemae.back_office import queue_control
from yemae.runtime import Runtime
from yemae.waiting_room import counts


async def numbers(runtime: Runtime) -> dict[str, int]:
    """The queue number of every fan with a place."""
    return {user_id: number async for user_id, number in counts.every_place(runtime.valkey, HALL)}


async def test_a_pass_is_revoked_by_its_queue_number(runtime: Runtime) -> None:
    inside, other = Fan(runtime, "inside"), Fan(runtime, "other")
    await inside.enter()
    await other.enter()
    number = (await numbers(runtime))["inside"]
    user_id = await queue_control.find_user(runtime, HALL, str(number))
    assert user_id == "inside"
    assert await queue_control.revoke(runtime, HALL, "op", user_id)
    assert not await queue_control.revoke(runtime, HALL, "op", user_id)
    assert await queue_control.revoke(runtime, HALL, "op", "other")


async def test_an_id_that_looks_like_a_queue_number_is_the_fan_s_own_first(
    runtime: Runtime,
) -> None:
    await Fan(runtime, "first").enter()
    number = str((await numbers(runtime))["first"])
    await Fan(runtime, number).enter()
    assert await queue_control.find_user(runtime, HALL, number) == number
    assert await queue_control.find_user(runtime, HALL, "999") == "999"
