"""Events reach their receivers, and one in trouble loses nothing and holds up no other one."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook

from helpers.fans import Fan
from helpers.receiver import Received, Receiver
from helpers.time_travel import travel
from helpers.webhooks import arrived, deliver, endpoint, happen, logged, states
from yemae.back_office import webhooks
from yemae.jobs.deliver_webhooks import AT_ONCE, DISABLED_AFTER_S, LEASE_S, Deliverer
from yemae.runtime import Runtime
from yemae.settings import Settings, to_environ
from yemae.webhooks import deliveries

WEBHOOKING = Path(__file__).with_name("webhooking.py")
EVENTS, KILLED_AT = 200, (40, 120)


async def test_a_paid_order_is_announced_once_and_the_reference_implementation_verifies_it(
    runtime: Runtime, fan: Fan, receiver: Receiver, deliverer: Deliverer
) -> None:
    made = await endpoint(runtime, receiver, "/hooks", "order.paid")
    await fan.top_up()
    await fan.hold("1", "2")
    await fan.pay()
    for _ in range(2):
        await deliver(deliverer, runtime)
    (got,) = receiver.received
    said = Webhook(made.secret).verify(got.body, got.headers)
    assert said["type"] == "order.paid"
    assert fan.order is not None
    assert said["data"]["order_id"] == str(fan.order.id)
    assert [seat["number"] for seat in said["data"]["seats"]] == ["1", "2"]
    (line,) = await logged(runtime, made.endpoint.id)
    assert (line.state, line.status, line.attempts, str(line.event_id)) == (
        "delivered", 204, 1, got.id,
    )  # fmt: skip


async def test_a_slow_receiver_holds_up_no_other_and_gets_no_more_than_its_share(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    receiver.slow.add("/slow")
    slow = await endpoint(runtime, receiver, "/slow")
    quick = await endpoint(runtime, receiver, "/quick")
    await happen(runtime, 30)
    while (await states(runtime, quick.endpoint.id))["waiting"]:
        await deliverer.deliver_webhooks(runtime)
        await asyncio.sleep(0)
    assert (await states(runtime, slow.endpoint.id)) == {"waiting": 30}
    await arrived(receiver, "/slow", AT_ONCE)
    await happen(runtime)
    await deliverer.deliver_webhooks(runtime)
    await arrived(receiver, "/quick", 31)
    receiver.released.set()
    await deliverer.settle()
    assert await states(runtime, slow.endpoint.id) == {"delivered": 31}
    assert receiver.most_at_once <= AT_ONCE


@pytest.mark.parametrize(
    ("trouble", "error"),
    [("500", "answered 500"), ("302", "answered 302"), ("broken", ""), ("away", "")],
)
async def test_what_is_not_taken_is_tried_again_under_the_same_id(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer, trouble: str, error: str
) -> None:
    made = await endpoint(runtime, receiver)
    if trouble == "broken":
        receiver.broken.add("/hooks")
    elif trouble == "away":
        at = receiver.url().replace("127.0.0.1", "127.0.0.2")
        await webhooks.change_endpoint(runtime, "op", made.endpoint.id, url=at)
    else:
        receiver.status = int(trouble)
    await happen(runtime)
    await deliver(deliverer, runtime)
    (line,) = await logged(runtime, made.endpoint.id)
    assert (line.state, line.attempts) == ("waiting", 1)
    assert line.error
    assert line.error.startswith(error)
    await deliver(deliverer, runtime)
    assert len(receiver.received) == (trouble != "away")
    receiver.status = 204
    receiver.broken.clear()
    await webhooks.change_endpoint(runtime, "op", made.endpoint.id, url=receiver.url())
    travel(runtime, 6)
    await deliver(deliverer, runtime)
    assert await states(runtime, made.endpoint.id) == {"delivered": 1}
    assert {each.id for each in receiver.received} == {str(line.event_id)}
    assert "/elsewhere" not in {each.path for each in receiver.received}


async def test_an_endpoint_without_success_is_left_alone_then_disabled_and_loses_nothing(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    receiver.status = 500
    made = await endpoint(runtime, receiver)
    await happen(runtime, 100)
    hours = 0
    for _ in range(3):
        await deliver(deliverer, runtime)
    tried = len(receiver.received)
    assert tried == 3 * AT_ONCE
    await deliver(deliverer, runtime)
    assert len(receiver.received) == tried, "it is paused"
    while (found := await webhooks.show_endpoint(runtime, made.endpoint.id)).disabled_at is None:
        travel(runtime, 3_600)
        hours += 1
        await deliver(deliverer, runtime)
    assert DISABLED_AFTER_S / 3_600 <= hours <= DISABLED_AFTER_S / 3_600 + 2
    assert found.disabled_reason == "failed for too long"
    assert not runtime.listeners.want("order.paid")
    tried = len(receiver.received)
    travel(runtime, 3_600)
    await deliver(deliverer, runtime)
    assert len(receiver.received) == tried
    receiver.status = 204
    await webhooks.change_endpoint(runtime, "op", made.endpoint.id, enabled=True)
    await webhooks.replay(runtime, "op", made.endpoint.id, state="given_up")
    travel(runtime, 3_600)
    await deliver(deliverer, runtime)
    assert await states(runtime, made.endpoint.id) == {"delivered": 100}


async def test_410_gone_disables_an_endpoint_at_once(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    receiver.status = 410
    made = await endpoint(runtime, receiver)
    await happen(runtime)
    await deliver(deliverer, runtime)
    found = await webhooks.show_endpoint(runtime, made.endpoint.id)
    assert found.disabled_reason == "answered 410 Gone"
    async with runtime.postgres.transaction() as tx:
        assert await deliveries.endpoints_due(tx) == []


async def test_one_event_that_a_receiver_cannot_take_is_given_up_and_holds_up_no_other(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    made = await endpoint(runtime, receiver)
    await happen(runtime, 2)
    await deliver(deliverer, runtime)
    poisoned = receiver.received[0]
    receiver.received.clear()

    def refuse(got: Received) -> None:
        receiver.statuses["/hooks"] = 500 if got.id == poisoned.id else 204

    receiver.before = refuse
    await webhooks.replay(runtime, "op", made.endpoint.id, ids=[UUID(poisoned.id)])
    for _ in range(100):
        await deliver(deliverer, runtime)
        await happen(runtime)
        await deliver(deliverer, runtime)
        travel(runtime, 3_600)
    found = await states(runtime, made.endpoint.id)
    assert (found["given_up"], found["waiting"]) == (1, 0)
    assert (await webhooks.show_endpoint(runtime, made.endpoint.id)).disabled_at is None


async def test_kill_9_in_the_middle_tells_every_event(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer, settings: Settings
) -> None:
    made = await endpoint(runtime, receiver)
    await happen(runtime, EVENTS)
    process: list[subprocess.Popen[bytes]] = []

    def kill(_: Received) -> None:
        if len(receiver.received) in KILLED_AT:
            process[0].send_signal(signal.SIGKILL)

    def deliver_until_killed() -> int:
        environ = os.environ | to_environ(settings)
        process[:] = [subprocess.Popen([sys.executable, WEBHOOKING], env=environ)]
        return process[0].wait(timeout=120)

    receiver.before = kill
    for _ in KILLED_AT:
        assert await asyncio.to_thread(deliver_until_killed) == -signal.SIGKILL
    receiver.before = lambda _: None
    # What the dead had claimed is due again after their lease.
    travel(runtime, LEASE_S + 1)
    await deliver(deliverer, runtime)
    assert await states(runtime, made.endpoint.id) == {"delivered": EVENTS}
    came = Counter(each.id for each in receiver.received)
    assert len(came) == EVENTS
    # Of requests whose answer was lost with the process, a second one under the same id.
    assert sum(came.values()) - EVENTS <= len(KILLED_AT) * AT_ONCE
