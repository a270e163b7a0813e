"""Delivery of webhooks: each endpoint has a task of its own, so a slow one holds up no other.

Every jobs process may deliver at once: a delivery is claimed for a lease, and what became of it is
written after the endpoint has answered. A process that dies in between leaves it to be sent again
under the same webhook-id. What is not taken is tried again, later and later, for three days. After
three rounds without any success the endpoint itself is left alone for a while; one that fails for
three days, or answers 410 Gone, is disabled, and an operator enables it again. Each round reads its
endpoint again, so that another URL, another secret or the end of it holds from the next round on.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

import structlog

from yemae.base import metrics
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.settings import Settings
from yemae.webhooks import deliveries, signing
from yemae.webhooks.deliveries import ClaimedDelivery, DeliveryOutcome, DueEndpoint
from yemae.webhooks.post import ANSWER_S, Posted, WebhookSender

INTERVAL_S = 1.0
# Requests to one endpoint at once, and endpoints at once.
AT_ONCE = 8
ENDPOINTS_AT_ONCE = 100
# Longer than a request takes to an endpoint that is slow.
LEASE_S = 6 * ANSWER_S
# After the first failure, the second …; the last one again and again.
AGAIN_S = (5, 30, 120, 600, 1800, 3600)
DISABLED_AFTER_S = 3 * 86_400
# How often the log is tidied, and what one time gives up and drops.
TIDY_EVERY = timedelta(minutes=1)
TIDY_MAX = 1_000

log = structlog.get_logger(__name__)


class Deliverer:
    """Delivers what is due, each endpoint in a task of its own, until it is closed."""

    def __init__(self, settings: Settings) -> None:
        self._sender = WebhookSender(settings.webhooks.webhook_addresses)
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        self._tidied_at: datetime | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()

    async def deliver_webhooks(self, runtime: Runtime) -> None:
        """Begin with every endpoint that something is due for, and wait for none."""
        try:
            async with runtime.postgres.transaction() as tx:
                due = await deliveries.endpoints_due(tx)
            await self._tidy(runtime)
        except StoreUnavailable:
            log.warning("webhooks not delivered: the database is away")
            return
        for endpoint in due:
            if endpoint.id not in self._under_way and len(self._under_way) < ENDPOINTS_AT_ONCE:
                task = asyncio.create_task(self._deliver(runtime, endpoint.id))
                self._under_way[endpoint.id] = task

    async def settle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.wait(list(self._under_way.values()))

    async def _tidy(self, runtime: Runtime) -> None:
        """Give up and drop what is too old, once in a while: to find none takes a look at all."""
        now = runtime.now()
        if self._tidied_at is not None and now < self._tidied_at + TIDY_EVERY:
            return
        self._tidied_at = now
        async with runtime.postgres.transaction() as tx:
            await deliveries.give_up_where_off(tx, TIDY_MAX)
            await deliveries.forget_old(tx, TIDY_MAX)

    async def _deliver(self, runtime: Runtime, endpoint_id: UUID) -> None:
        """Send round after round until none is due, or one fails."""
        try:
            while await self._round(runtime, endpoint_id):
                pass
        except StoreUnavailable:
            log.warning("webhook not delivered: the database is away", endpoint=str(endpoint_id))
        except Exception:
            log.exception("webhook not delivered", endpoint=str(endpoint_id))
        finally:
            del self._under_way[endpoint_id]

    async def _round(self, runtime: Runtime, endpoint_id: UUID) -> bool:
        """Send what is due, at most AT_ONCE. Returns whether to go on."""
        async with runtime.postgres.transaction() as tx:
            endpoint = await deliveries.due_endpoint(tx, endpoint_id)
            if endpoint is None:
                return False
            claimed = await deliveries.claim(tx, endpoint_id, AT_ONCE, LEASE_S)
        if not claimed:
            return False
        now = runtime.now()
        posted = await asyncio.gather(
            *(self._send(runtime, endpoint, each, now) for each in claimed)
        )
        outcomes = [_outcome(each, answer) for each, answer in zip(claimed, posted, strict=True)]
        taken = any(answer.is_accepted for answer in posted)
        disabled = None
        async with runtime.postgres.transaction() as tx:
            await deliveries.end(tx, endpoint.id, outcomes)
            if taken:
                await deliveries.note_answer(tx, endpoint.id)
            else:
                gone = any(answer.status == 410 for answer in posted)
                disabled = await deliveries.note_failure(
                    tx, endpoint.id, gone=gone, for_s=DISABLED_AFTER_S
                )
        _tell(endpoint, outcomes, disabled)
        return all(answer.is_accepted for answer in posted)

    async def _send(
        self, runtime: Runtime, endpoint: DueEndpoint, claimed: ClaimedDelivery, now: datetime
    ) -> Posted:
        key = runtime.settings.stores.secret_key
        secrets = signing.secrets(
            key, endpoint.id, endpoint.secret_number, endpoint.rotated_at, now
        )
        headers = signing.headers(claimed.event_id, now, claimed.body, secrets)
        return await self._sender.post(endpoint.url, headers, claimed.body)


def _outcome(claimed: ClaimedDelivery, posted: Posted) -> DeliveryOutcome:
    if posted.is_accepted:
        return DeliveryOutcome(claimed.event_id, "delivered", posted.status, None, None)
    if claimed.is_last:
        return DeliveryOutcome(claimed.event_id, "given_up", posted.status, posted.error, None)
    after_s = AGAIN_S[min(claimed.attempts, len(AGAIN_S)) - 1]
    return DeliveryOutcome(claimed.event_id, "waiting", posted.status, posted.error, after_s)


def _tell(endpoint: DueEndpoint, outcomes: list[DeliveryOutcome], disabled: str | None) -> None:
    """Count, and say what an operator has to hear."""
    for outcome in outcomes:
        state = "failed" if outcome.state == "waiting" else outcome.state
        metrics.WEBHOOKS.labels(state).inc()
        if outcome.state == "given_up":
            event = str(outcome.event_id)
            at = str(endpoint.id)
            log.error("webhook given up", endpoint=at, event_id=event, reason=outcome.error)
    if disabled is not None:
        log.error("webhook endpoint disabled", endpoint=str(endpoint.id), reason=disabled)
