"""What operators do with endpoints of webhooks, and where requests may not go."""

from standardwebhooks.webhooks import Webhook

from helpers.receiver import Receiver
from helpers.time_travel import travel
from helpers.webhooks import deliver, endpoint, happen, logged
from yemae.back_office import webhooks
from yemae.jobs.deliver_webhooks import Deliverer
from yemae.runtime import Runtime
from yemae.settings import Settings
from yemae.webhooks import deliveries


async def test_a_name_that_leads_to_a_private_address_gets_no_connection(
    runtime: Runtime, receiver: Receiver, settings: Settings
) -> None:
    made = await endpoint(runtime, receiver)
    by_name = receiver.url().replace("127.0.0.1", "localhost")
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
    await webhooks.send_test(runtime, made.endpoint.id)
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
    await webhooks.send_test(runtime, made.endpoint.id)
    await deliver(deliverer, runtime)
    travel(runtime, 31 * 86_400)
    await deliver(deliverer, runtime)
    assert await logged(runtime, made.endpoint.id) == []
