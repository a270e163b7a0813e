"""The batches of a process: their limits, and that they take nothing once they are closed."""

from dataclasses import fields

import pytest

from helpers.concerts import load_concert
from helpers.fans import Fan
from yemae.base.batching import Batch
from yemae.refusals import Overloaded
from yemae.runtime import Runtime, open_runtime
from yemae.sale.batches import Batches, open_batches
from yemae.settings import Settings

WRITING = {"hold", "hold_best", "top_up", "pay", "lease", "record"}


async def test_once_they_are_closed_no_batch_takes_a_request(runtime: Runtime) -> None:
    async with open_batches(runtime) as batches:
        held = await batches.hold.submit(Fan(runtime, "fan").hold_request("1"))
        assert held.seat_numbers == ["1"]
    for field in fields(Batches):
        batch = getattr(batches, field.name)
        if isinstance(batch, Batch):
            with pytest.raises(Overloaded):
                await batch.submit("a request that is never looked at")


async def test_a_request_waits_for_its_batch_three_eighths_of_what_a_transaction_may_take(
    settings: Settings,
) -> None:
    await load_concert(settings)
    patient = settings.replace(postgres_transaction_timeout_s=16)
    async with open_runtime(patient) as runtime, open_batches(runtime) as batches:
        assert (batches.hold._patience_s, batches.pay._patience_s) == (6, 6)


async def test_each_batch_is_measured_under_the_name_of_its_verb(runtime: Runtime) -> None:
    async with open_batches(runtime) as batches:
        of = {field.name: getattr(batches, field.name) for field in fields(Batches)}
        verbs = {name: batch for name, batch in of.items() if isinstance(batch, Batch)}
        assert {name: batch._verb for name, batch in verbs.items()} == {
            name: name for name in verbs
        }
        again = {name: batch._again._verb for name, batch in verbs.items() if batch._again}
    assert again == {name: f"{name}_again" for name in WRITING}


async def test_the_verbs_that_write_share_their_turns(runtime: Runtime) -> None:
    """A mix of verbs makes batches larger, and not more of them."""
    async with open_batches(runtime) as batches:
        of = {field.name: getattr(batches, field.name) for field in fields(Batches)}
        turns = {name: batch._turns for name, batch in of.items() if isinstance(batch, Batch)}
    shared = {name: queue for name, queue in turns.items() if queue is not None}
    assert set(shared) == WRITING
    assert len(set(shared.values())) == 1
