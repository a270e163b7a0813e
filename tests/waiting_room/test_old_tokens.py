"""Tokens that are older than the queue's latest events: never a way to the front."""

import pytest

from helpers.fans import Fan
from helpers.time_travel import travel
from yemae.refusals import QueueTokenExpired
from yemae.runtime import Runtime
from yemae.waiting_room import queue_numbers

DAY_S = 86_400


async def empty_valkey(runtime: Runtime) -> None:
    """Lose everything that the waiting room knows."""
    await runtime.valkey._client.flushall()


def no_draw(concert_id: str, user_id: str) -> int:
    """For tokens that carry their number."""
    raise AssertionError(f"{user_id} of {concert_id} was not drawn")


async def test_a_place_in_a_queue_that_began_days_ago_has_its_whole_time(runtime: Runtime) -> None:
    await Fan(runtime, "early").join()
    travel(runtime, 3 * DAY_S)
    late = Fan(runtime, "late")
    await late.join()
    assert late.token is not None
    token = runtime.tokens.sign_place(late.token)
    travel(runtime, runtime.settings.queue.queue_token_ttl_s - 60)
    assert runtime.tokens.read_place(token, no_draw) == late.token
    travel(runtime, 120 + queue_numbers.BLOCK_MAX_S)
    with pytest.raises(QueueTokenExpired):
        runtime.tokens.read_place(token, no_draw)


async def test_numbers_rise_even_when_many_join_in_one_microsecond(runtime: Runtime) -> None:
    numbers = [(await Fan(runtime, f"fan-{n}").join()).number for n in range(50)]
    assert numbers == sorted(set(numbers))


async def test_a_paid_token_moves_no_fan_forward_after_a_loss(runtime: Runtime, fan: Fan) -> None:
    await fan.enter()
    paid_with = fan.token
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()
    await empty_valkey(runtime)
    for n in range(5):
        await Fan(runtime, f"other-{n}").join()
    again = await fan.join()
    assert again.ahead == 5
    new_token, fan.token = fan.token, paid_with
    with pytest.raises(QueueTokenExpired):
        await fan.poll()
    fan.token = new_token
    assert (await fan.poll()).ahead == 5


async def test_an_unused_older_token_takes_the_fan_back_to_their_place_after_a_loss(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.join()
    older = fan.token
    await empty_valkey(runtime)
    for n in range(5):
        await Fan(runtime, f"other-{n}").join()
    assert (await fan.join()).ahead == 5
    fan.token = older
    assert (await fan.poll()).ahead == 0


async def test_a_payment_ends_the_fan_s_older_tokens_too_even_after_another_loss(
    runtime: Runtime, fan: Fan
) -> None:
    await fan.join()
    older = fan.token
    await empty_valkey(runtime)
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()
    await empty_valkey(runtime)
    fan.token = older
    with pytest.raises(QueueTokenExpired):
        await fan.poll()
