"""What fans get back after the waiting room has lost everything, and what stays over.

The tokens that fans bring are the memory of the line; PostgreSQL remembers which passes were used.
"""

from typing import Any

import msgspec
import pytest
from valkey import Valkey as BlockingValkey

from helpers.concerts import HALL, concert, load_concert
from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.jobs import sweep
from yemae.refusals import EntryTokenExpired, QueueTokenExpired, StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale import admission, gate, places
from yemae.sale.gate import OpenPass
from yemae.waiting_room import counts, passes
from yemae.waiting_room import places as room_places


def lose_everything(runtime: Runtime) -> None:
    with BlockingValkey.from_url(runtime.settings.stores.valkey_url) as client:
        client.flushall()


async def tick(runtime: Runtime) -> int:
    return (await admission.admit(runtime, runtime.catalogue.concert(HALL))).admitted


async def wait_for_all(runtime: Runtime) -> None:
    """Notice the loss, and let the time pass in which no fan is admitted."""
    await tick(runtime)
    assert await tick(runtime) == 0
    travel(runtime, 20)


async def with_active_limit(runtime: Runtime, limit: int) -> None:
    await load_concert(runtime.settings, concert(active_limit=limit))
    await runtime.catalogue.refresh()


async def has_paid(fan: Fan) -> None:
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()


async def test_fans_return_to_their_order_ahead_of_newcomers(runtime: Runtime) -> None:
    early = [Fan(runtime, f"fan-{number}") for number in range(4)]
    for fan in early:
        await fan.join()
    lose_everything(runtime)
    newcomer = Fan(runtime, "newcomer")
    await newcomer.join()
    for fan in reversed(early):
        standing = await fan.poll()
        assert fan.token is not None
        assert (standing.word, standing.number, standing.ahead) == ("waiting", fan.token.number, 0)
    assert [(await fan.poll()).ahead for fan in (*early, newcomer)] == [0, 1, 2, 3, 4]


async def test_many_lost_places_come_back_in_one_batch(runtime: Runtime) -> None:
    fans = [Fan(runtime, f"fan-{number}") for number in range(3)]
    for fan in fans:
        await fan.join()
    lose_everything(runtime)
    tokens = [fan.token for fan in fans if fan.token]
    answers = await carried_out(places.place(runtime, tokens))
    assert [getattr(answer, "ahead", answer) for answer in answers] == [0, 1, 2]


async def test_one_batch_answers_who_is_there_who_was_lost_and_who_has_paid(
    runtime: Runtime,
) -> None:
    there, lost, paid = (Fan(runtime, name) for name in ("there", "lost", "paid"))
    await has_paid(paid)
    await lost.join()
    lose_everything(runtime)
    await there.join()
    tokens = [fan.token for fan in (there, lost, paid) if fan.token]
    answers = await carried_out(places.place(runtime, tokens))
    assert [getattr(answer, "word", type(answer)) for answer in answers] == [
        "waiting",
        "waiting",
        QueueTokenExpired,
    ]


async def test_a_place_that_is_lost_again_at_once_is_not_over(
    runtime: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fan.join()
    lose_everything(runtime)
    restore = room_places.restore

    async def in_vain(*given: Any) -> None:
        await restore(*given)
        lose_everything(runtime)

    with monkeypatch.context() as losing:
        losing.setattr(room_places, "restore", in_vain)
        with pytest.raises(StoreUnavailable):
            await fan.poll()
    assert (await fan.poll()).word == "waiting"


async def test_the_older_of_two_places_is_the_fans(runtime: Runtime, fan: Fan) -> None:
    """A fan who joined anew before they found their old token again."""
    await fan.join()
    old = fan.token
    assert old is not None
    lose_everything(runtime)
    await Fan(runtime, "newcomer").join()
    await fan.join()
    assert fan.token is not None
    assert fan.token.number > old.number
    fan.token = old
    standing = await fan.poll()
    assert (standing.number, standing.ahead, standing.waiting) == (old.number, 0, 2)


async def test_a_pass_is_open_again_until_the_end_that_its_token_carries(
    runtime: Runtime, fan: Fan
) -> None:
    entry = await fan.enter()
    lose_everything(runtime)
    assert await fan.check_entry() == OpenPass(entry, entry.expires_at_s * 1000)
    travel(runtime, entry.expires_at_s - runtime.now().timestamp() + 0.01)
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()


async def test_a_pass_that_had_run_out_stays_over(runtime: Runtime, fan: Fan) -> None:
    await fan.enter()
    travel(runtime, 601)
    lose_everything(runtime)
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()


async def test_no_more_passes_come_back_than_fit(runtime: Runtime) -> None:
    fans = [Fan(runtime, f"fan-{number}") for number in range(3)]
    for fan in fans:
        await fan.enter()
    await with_active_limit(runtime, 2)
    lose_everything(runtime)
    await fans[2].check_entry()
    await fans[0].check_entry()
    with pytest.raises(EntryTokenExpired):
        await fans[1].check_entry()
    assert (await counts.snapshot(runtime.valkey, HALL)).active == 2
    assert (await fans[1].poll()).ahead == 0


async def test_where_no_fan_has_to_wait_all_passes_come_back(runtime: Runtime) -> None:
    fans = [Fan(runtime, f"fan-{number}") for number in range(3)]
    for fan in fans:
        await fan.enter()
    hall = runtime.catalogue.concert(HALL)
    runtime.catalogue.queues[HALL] = msgspec.structs.replace(
        hall, queueing_method="passthrough", active_limit=1
    )
    lose_everything(runtime)
    for fan in fans:
        await fan.check_entry()
    assert (await counts.snapshot(runtime.valkey, HALL)).active == 3


async def test_a_used_pass_stays_over(runtime: Runtime, fan: Fan) -> None:
    await has_paid(fan)
    lose_everything(runtime)
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()
    await assert_reconciled(runtime)


async def test_a_revoked_pass_and_its_place_stay_over(runtime: Runtime, fan: Fan) -> None:
    await fan.enter()
    assert await gate.revoke(runtime, HALL, fan.user_id)
    lose_everything(runtime)
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()
    with pytest.raises(QueueTokenExpired):
        await fan.poll()


async def test_a_used_place_is_not_given_back(runtime: Runtime, fan: Fan) -> None:
    await has_paid(fan)
    lose_everything(runtime)
    with pytest.raises(QueueTokenExpired):
        await fan.poll()
    assert (await counts.snapshot(runtime.valkey, HALL)).waiting == 0


async def test_a_used_place_is_not_given_back_to_a_fan_who_waits_anew(
    runtime: Runtime, fan: Fan
) -> None:
    """Otherwise a fan who has bought would jump the queue, and the used pass would open again."""
    await has_paid(fan)
    used_token, used_pass = fan.token, fan.entry
    lose_everything(runtime)
    new = await fan.join()
    assert used_token is not None
    fan.token = used_token
    with pytest.raises(QueueTokenExpired):
        await fan.poll()
    assert (await fan.join()).number == new.number > used_token.number
    await wait_for_all(runtime)
    assert await tick(runtime) == 1
    fan.entry = used_pass
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()


async def test_a_used_pass_stays_over_when_its_owner_is_inside_anew(
    runtime: Runtime, fan: Fan
) -> None:
    await has_paid(fan)
    used = fan.entry
    lose_everything(runtime)
    await fan.join()
    await wait_for_all(runtime)
    await tick(runtime)
    await fan.poll()
    await fan.check_entry()
    fan.entry = used
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()


async def test_a_hold_keeps_its_fan_inside_again_after_the_next_sweep(
    runtime: Runtime, fan: Fan
) -> None:
    """The token that comes back is from before the hold that extended the pass."""
    await load_concert(runtime.settings, concert(entry_ttl_s=60))
    await runtime.catalogue.refresh()
    await fan.enter()
    await fan.hold("1")
    lose_everything(runtime)
    await fan.check_entry()
    await sweep.sweep(runtime, runtime.now().replace(second=0, microsecond=0))
    travel(runtime, 200)
    await fan.check_entry()


async def test_the_sweep_tells_an_emptied_room_what_was_paid(runtime: Runtime, fan: Fan) -> None:
    await has_paid(fan)
    lose_everything(runtime)
    await sweep.sweep(runtime, runtime.now().replace(second=0, microsecond=0))
    assert fan.entry is not None
    (checked,) = await passes.check_entry(runtime.valkey, HALL, [fan.entry.pass_key])
    assert checked.word == "ended"
