"""Shapes of the calls about webhooks."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yemae.back_office.webhooks import REPLAY_IDS_MAX
from yemae.http.contract.operation import Body
from yemae.http.fan.users import EXAMPLE_ID
from yemae.values.instants import Instant, instant, instant_or_none
from yemae.webhooks.addresses import URL_MAX_CHARS
from yemae.webhooks.deliveries import DeliveryState, LoggedDelivery
from yemae.webhooks.endpoints import WebhookEndpoint

Chosen = Literal[
    "order.paid",
    "order.cancelled",
    "ticket.voided",
    "refund.settled",
    "performance.changed",
    "queue.opened",
    "concert.sold_out",
]
Url = Annotated[str, Meta(min_length=1, max_length=URL_MAX_CHARS)]
Events = Annotated[list[Chosen], Meta(min_length=1, max_length=20)]


class AddWebhook(Body, frozen=True, kw_only=True):
    """A new endpoint, and the events that are sent there."""

    url: Url
    events: Events


class ChangeWebhook(Body, frozen=True, kw_only=True):
    """What to change; what is left out stays. `enabled` stops and starts it."""

    url: Url | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class ReplayWebhooks(Body, frozen=True, kw_only=True):
    """Which events to send again: these, or all of a state."""

    one_of = (("events", "state"),)

    events: Annotated[list[UUID], Meta(min_length=1, max_length=REPLAY_IDS_MAX)] | UnsetType = UNSET
    state: DeliveryState | UnsetType = UNSET


class Webhook(msgspec.Struct, frozen=True):
    """An endpoint. Nothing is sent while it is disabled, by an operator or because it failed for
    too long; `waiting` counts what is still to be sent."""

    id: UUID
    url: str
    events: list[str]
    created_at: Instant
    created_by: str
    rotated_at: Instant | None
    failing_since: Instant | None
    disabled_at: Instant | None
    disabled_reason: str | None
    waiting: int


class NewWebhook(msgspec.Struct, frozen=True):
    """An endpoint with its secret, which no other call shows."""

    webhook: Webhook
    secret: str


class Webhooks(msgspec.Struct, frozen=True):
    """All endpoints, the oldest first."""

    webhooks: list[Webhook]


class WebhookDelivery(msgspec.Struct, frozen=True):
    """An event on its way to an endpoint: what became of it so far, and what it says. `id` is its
    `webhook-id`; `due_at` is when it is tried again."""

    id: UUID
    type: str
    state: DeliveryState
    attempts: int
    created_at: Instant
    attempted_at: Instant | None
    due_at: Instant | None
    status: int | None
    error: str | None
    body: str


class WebhookDeliveriesPage(msgspec.Struct, frozen=True):
    """A page of the log, newest first; the next begins at `next_cursor`."""

    deliveries: list[WebhookDelivery]
    next_cursor: UUID | None


class SentTest(msgspec.Struct, frozen=True):
    """The `webhook-id` of the event that is on its way."""

    id: UUID


class ReplayedWebhooks(msgspec.Struct, frozen=True):
    """How many events are sent again."""

    replayed: int


def webhook(endpoint: WebhookEndpoint) -> Webhook:
    """An endpoint as it is answered."""
    return Webhook(
        endpoint.id,
        endpoint.url,
        endpoint.events,
        instant(endpoint.created_at),
        endpoint.created_by,
        instant_or_none(endpoint.rotated_at),
        instant_or_none(endpoint.failing_since),
        instant_or_none(endpoint.disabled_at),
        endpoint.disabled_reason,
        endpoint.waiting,
    )


def delivery(logged: LoggedDelivery) -> WebhookDelivery:
    """A line of the log as it is answered."""
    return WebhookDelivery(
        logged.event_id,
        logged.type,
        logged.state,
        logged.attempts,
        instant(logged.created_at),
        instant_or_none(logged.attempted_at),
        instant(logged.due_at) if logged.state == "waiting" else None,
        logged.status,
        logged.error,
        logged.body,
    )


EXAMPLE_WEBHOOK: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "url": "https://crm.example.com/hooks/yemae",
    "events": ["order.paid", "order.cancelled"],
    "created_at": "2026-12-24T02:00:00.000Z",
    "created_by": "operator-1",
    "rotated_at": None,
    "failing_since": None,
    "disabled_at": None,
    "disabled_reason": None,
    "waiting": 0,
}
EXAMPLE_NEW: dict[str, Any] = {
    "webhook": EXAMPLE_WEBHOOK,
    "secret": "whsec_wlv2Ck2fH3qT5cT1Wq0m3oX9m4o7l6sD8u1n3k2b5vA=",
}
EXAMPLE_DELIVERY: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "type": "concert.sold_out",
    "state": "delivered",
    "attempts": 1,
    "created_at": "2026-12-24T02:00:00.000Z",
    "attempted_at": "2026-12-24T02:00:01.000Z",
    "due_at": None,
    "status": 204,
    "error": None,
    "body": '{"type":"concert.sold_out","timestamp":"2026-12-24T02:00:00.000Z",'
    '"data":{"concert_id":"small-hall"}}',
}
