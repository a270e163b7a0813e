"""What operators do with endpoints of webhooks, and where requests may not go."""

from standardwebhooks.webhooks import Webhook

from helpers.receiver import Receiver
from helpers.time_travel import travel
from helpers.webhooks import arrived, deliver, endpoint, happen, logged, states
from yemae.back_office import webhooks
from yemae.jobs.deliver_webhooks import AT_ONCE, DISABLED_AFTER_S, Deliverer
from yemae.runtime import Runtime
from yemae.settings import Settings
from yemae.webhooks import deliveries
from yemae.webhooks.post import WebhookSender


async def test_a_name_that_leads_to_a_private_address_gets_no_connection(
    runtime: Runtime, receiver: Receiver, settings: Settings
) -> None:
    made = await endpoint(runtime, receiver)
    by_name = receiver.url().replace("http://127.0.0.1", "https://localhost")
    await webhooks.change_endpoint(runtime, "op", made.endpoint.id, url=by_name)
    await happen(runtime)
    async with Deliverer(settings.replace(webhook_addresses="public")) as careful:
        await deliver(careful, runtime)
    (line,) = await logged(runtime, made.endpoint.id)
    assert (line.state, receiver.received) == ("waiting", [])
    assert line.error is not None
    assert line.error.endswith("is not a public address")


async def test_after_a_rotation_a_receiver_with_either_secret_verifies(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    made = await endpoint(runtime, receiver)
    rotated = await webhooks.rotate_secret(runtime, "op", made.endpoint.id)
    assert rotated.secret != made.secret
    await webhooks.send_test(runtime, "op", made.endpoint.id)
    await deliver(deliverer, runtime)
    (got,) = receiver.received
    for secret in (made.secret, rotated.secret):
        assert Webhook(secret).verify(got.body, got.headers)["type"] == "webhook.test"


async def test_what_waits_for_a_removed_endpoint_is_given_up(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    made = await endpoint(runtime, receiver)
    await happen(runtime)
    await webhooks.remove_endpoint(runtime, "op", made.endpoint.id)
    await deliver(deliverer, runtime)
    assert receiver.received == []
    assert await webhooks.list_endpoints(runtime) == []
    async with runtime.postgres.transaction() as tx:
        (line,) = await deliveries.listed(tx, made.endpoint.id, None, 10)
    assert (line.state, line.error) == ("given_up", "the endpoint was removed")


async def test_the_log_keeps_a_month(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    made = await endpoint(runtime, receiver, "/hooks", "order.paid")
    await webhooks.send_test(runtime, "op", made.endpoint.id)
    await deliver(deliverer, runtime)
    travel(runtime, 31 * 86_400)
    await deliver(deliverer, runtime)
    assert await logged(runtime, made.endpoint.id) == []


async def test_what_is_changed_while_rounds_go_on_holds_from_the_next_round(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    receiver.slow.add("/hooks")
    made = await endpoint(runtime, receiver)
    await happen(runtime, 3 * AT_ONCE)
    await deliverer.deliver_webhooks(runtime)
    await arrived(receiver, "/hooks", AT_ONCE)
    await webhooks.change_endpoint(runtime, "op", made.endpoint.id, url=receiver.url("/new"))
    rotated = await webhooks.rotate_secret(runtime, "op", made.endpoint.id)
    receiver.released.set()
    await deliverer.settle()
    assert [each.path for each in receiver.received].count("/hooks") == AT_ONCE
    later = [each for each in receiver.received if each.path == "/new"]
    assert len(later) == 2 * AT_ONCE
    for got in later:
        assert Webhook(rotated.secret).verify(got.body, got.headers)


async def test_a_disabled_endpoint_gets_no_other_round_and_nothing_waits_for_it_for_ever(
    runtime: Runtime, receiver: Receiver, deliverer: Deliverer
) -> None:
    receiver.slow.add("/hooks")
    made = await endpoint(runtime, receiver)
    await happen(runtime, 3 * AT_ONCE)
    await deliverer.deliver_webhooks(runtime)
    await arrived(receiver, "/hooks", AT_ONCE)
    await webhooks.change_endpoint(runtime, "op", made.endpoint.id, enabled=False)
    receiver.released.set()
    await deliverer.settle()
    assert len(receiver.received) == AT_ONCE
    travel(runtime, DISABLED_AFTER_S - 60)
    await deliver(deliverer, runtime)
    assert (await states(runtime, made.endpoint.id))["waiting"] == 2 * AT_ONCE
    travel(runtime, 120)
    await deliver(deliverer, runtime)
    assert (await states(runtime, made.endpoint.id))["given_up"] == 2 * AT_ONCE
    await webhooks.change_endpoint(runtime, "op", made.endpoint.id, enabled=True)
    await deliver(deliverer, runtime)
    assert len(receiver.received) == AT_ONCE


async def test_plain_http_ends_with_the_setting_that_allowed_it(receiver: Receiver) -> None:
    careful = WebhookSender("public")
    answer = await careful.post(receiver.url(), {}, "{}")
    await careful.close()
    assert answer.error is not None
    assert "rotocol" in answer.error, answer.error
