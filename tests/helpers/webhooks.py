"""Endpoints, events and their delivery, for tests of webhooks."""

import asyncio
from collections import Counter
from uuid import UUID

from helpers.http import until
from helpers.receiver import Receiver
from yemae.back_office import webhooks
from yemae.back_office.webhooks import EndpointWithSecret
from yemae.jobs.deliver_webhooks import Deliverer
from yemae.runtime import Runtime
from yemae.webhooks import events
from yemae.webhooks.deliveries import LoggedDelivery
from yemae.webhooks.events import WebhookEvent
from yemae.webhooks.payloads import ConcertSoldOut


async def endpoint(
    runtime: Runtime, receiver: Receiver, path: str = "/hooks", *types: str
) -> EndpointWithSecret:
    """An endpoint that wants these types."""
    chosen = types or ("concert.sold_out",)
    return await webhooks.add_endpoint(runtime, "op", receiver.url(path), chosen)


async def happen(runtime: Runtime, count: int = 1) -> None:
    """Events, whatever they mean."""
    announced = [
        WebhookEvent(
            runtime.new_id(), str(runtime.new_id()), runtime.now(), ConcertSoldOut(concert_id="x")
        )
        for _ in range(count)
    ]
    async with runtime.postgres.transaction() as tx:
        await events.tell(tx, announced)


async def deliver(deliverer: Deliverer, runtime: Runtime) -> None:
    """One run, and all that it began."""
    await deliverer.deliver_webhooks(runtime)
    await deliverer.settle()


async def arrived(receiver: Receiver, path: str, count: int) -> None:
    """Wait until this number of requests has come there."""

    async def have() -> bool:
        await asyncio.sleep(0)
        return sum(each.path == path for each in receiver.received) == count

    await until(have)


async def logged(runtime: Runtime, endpoint_id: UUID) -> list[LoggedDelivery]:
    """The log of an endpoint."""
    return await webhooks.log_of(runtime, endpoint_id, state=None, limit=1_000)


async def states(runtime: Runtime, endpoint_id: UUID) -> Counter[str]:
    """How many deliveries are in which state."""
    return Counter(each.state for each in await logged(runtime, endpoint_id))
