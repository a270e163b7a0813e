"""The steps that follow a commit: which there are, what they do, and under which name they fail."""

import pytest
from prometheus_client import REGISTRY

from helpers.concerts import HALL
from helpers.fans import Fan
from sale.test_follow_ups import failing, failing_call, failures
from yemae.base.batching import follow_up
from yemae.refusals import EntryTokenExpired, StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale import follow_ups
from yemae.waiting_room import passes


def test_a_batch_that_changed_nothing_has_no_step(runtime: Runtime) -> None:
    assert follow_ups.after_hold(runtime, [], []) == []
    assert follow_ups.after_payment(runtime, []) == []


async def test_a_pass_that_comes_to_a_hold_although_it_has_paid_is_ended_again(
    runtime: Runtime, fan: Fan
) -> None:
    entry = await fan.enter()
    (step,) = follow_ups.after_hold(runtime, [], [entry.pass_key])
    await step.run()
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()


async def test_holds_and_payments_are_counted_for_their_concert(fan: Fan) -> None:
    def counted() -> list[float]:
        names = ("yemae_holds_total", "yemae_payments_total")
        return [REGISTRY.get_sample_value(name, {"concert": HALL}) or 0.0 for name in names]

    holds, payments = counted()
    await fan.top_up()
    await fan.hold("1")
    await fan.hold("2", "3")
    await fan.pay()
    assert counted() == [holds + 2, payments + 1]


async def test_a_release_and_a_control_stand_whatever_follows_them(
    runtime: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [("release", "pass given back"), ("control", "catalogue")]
    counted = [failures(*step) for step in steps]
    await fan.enter()
    await fan.hold("1")
    monkeypatch.setattr(passes, "give_back", failing_call)
    monkeypatch.setattr(runtime.catalogue, "refresh", failing(StoreUnavailable()))
    assert (await fan.release()).status == "released"
    await follow_up("control", follow_ups.after_control(runtime))
    assert [failures(*step) for step in steps] == [before + 1 for before in counted]
