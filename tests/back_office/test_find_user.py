"""Whom an operator means: by a user id, an e-mail address or a queue number."""

from helpers.concerts import HALL
from helpers.fans import Fan
from yemae.back_office import queue_control
from yemae.runtime import House
from yemae.waiting_room import line


async def numbers(house: House) -> dict[str, int]:
    """The queue number of everybody who has a place."""
    return {user_id: number async for user_id, number in line.places(house.valkey, HALL)}


async def test_a_pass_is_revoked_by_its_queue_number(house: House) -> None:
    inside, other = Fan(house, "inside"), Fan(house, "other")
    await inside.enter()
    await other.enter()
    number = (await numbers(house))["inside"]
    user_id = await queue_control.find_user(house, HALL, str(number))
    assert user_id == "inside"
    assert await queue_control.revoke(house, HALL, "op", user_id)
    assert not await queue_control.revoke(house, HALL, "op", user_id)
    assert await queue_control.revoke(house, HALL, "op", "other")


async def test_an_id_that_looks_like_a_queue_number_is_the_fan_s_own_first(house: House) -> None:
    await Fan(house, "first").enter()
    number = str((await numbers(house))["first"])
    await Fan(house, number).enter()
    assert await queue_control.find_user(house, HALL, number) == number
    assert await queue_control.find_user(house, HALL, "999") == "999"
