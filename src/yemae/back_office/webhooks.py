"""The endpoints of webhooks, as operators set them up and look after them.

A secret is shown when it is made, and follows from the server's key: it is stored nowhere.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import structlog

from yemae.concerts import controls
from yemae.refusals import InvalidRequest, NotFound
from yemae.runtime import Stores
from yemae.settings import Settings
from yemae.store.postgres import Transaction
from yemae.webhooks import deliveries, endpoints, events, signing
from yemae.webhooks.addresses import wrong_url
from yemae.webhooks.deliveries import DeliveryState, LoggedDelivery
from yemae.webhooks.endpoints import WebhookEndpoint
from yemae.webhooks.events import WebhookEvent
from yemae.webhooks.payloads import TYPES, WebhookTest

ENDPOINTS_MAX = 50
REPLAY_IDS_MAX = 100

log = structlog.get_logger(__name__)


class EndpointWithSecret(NamedTuple):
    """An endpoint, and the secret that its receiver verifies with."""

    endpoint: WebhookEndpoint
    secret: str


async def list_endpoints(stores: Stores) -> list[WebhookEndpoint]:
    """All endpoints, the oldest first."""
    async with stores.postgres.transaction() as tx:
        return await endpoints.listed(tx)


async def show_endpoint(stores: Stores, endpoint_id: UUID) -> WebhookEndpoint:
    """One endpoint. Raises NotFound."""
    async with stores.postgres.transaction() as tx:
        return await _known(tx, endpoint_id)


async def add_endpoint(
    stores: Stores, who: str, url: str, chosen: Sequence[str]
) -> EndpointWithSecret:
    """Send these events there from now on. Raises InvalidRequest."""
    _require_url(stores.settings, url)
    types = _types(chosen)
    endpoint_id = stores.new_id()
    async with stores.postgres.transaction() as tx:
        await endpoints.lock_all(tx)
        if len(await endpoints.listed(tx)) >= ENDPOINTS_MAX:
            raise InvalidRequest.of("url", f"There are {ENDPOINTS_MAX} endpoints already")
        await endpoints.add(tx, endpoint_id, url, types, who)
        endpoint = await _known(tx, endpoint_id)
        await _log(tx, stores, who, "add webhook", endpoint, {"url": url, "events": types})
    await stores.listeners.refresh(stores.postgres)
    log.info("webhook endpoint added", endpoint=str(endpoint_id), who=who)
    return _with_secret(stores, endpoint)


async def change_endpoint(
    stores: Stores,
    who: str,
    endpoint_id: UUID,
    *,
    url: str | None = None,
    chosen: Sequence[str] | None = None,
    enabled: bool | None = None,
) -> WebhookEndpoint:
    """Change what is given. Enabled again, it is sent what waits. Raises NotFound,
    InvalidRequest."""
    if url is not None:
        _require_url(stores.settings, url)
    types = None if chosen is None else _types(chosen)
    async with stores.postgres.transaction() as tx:
        before = await _known(tx, endpoint_id)
        await endpoints.change(tx, endpoint_id, url=url, events=types, enabled=enabled)
        endpoint = await _known(tx, endpoint_id)
        await _log(tx, stores, who, "change webhook", endpoint, _changes(before, endpoint))
    await stores.listeners.refresh(stores.postgres)
    log.info("webhook endpoint changed", endpoint=str(endpoint_id), who=who)
    return endpoint


async def rotate_secret(stores: Stores, who: str, endpoint_id: UUID) -> EndpointWithSecret:
    """Give an endpoint another secret; for a day the one of before signs as well. Raises
    NotFound."""
    async with stores.postgres.transaction() as tx:
        await _known(tx, endpoint_id)
        await endpoints.rotate(tx, endpoint_id)
        endpoint = await _known(tx, endpoint_id)
        await _log(tx, stores, who, "rotate webhook secret", endpoint, {})
    log.info("webhook secret rotated", endpoint=str(endpoint_id), who=who)
    return _with_secret(stores, endpoint)


async def remove_endpoint(stores: Stores, who: str, endpoint_id: UUID) -> None:
    """Send nothing there any more. Raises NotFound."""
    async with stores.postgres.transaction() as tx:
        endpoint = await _known(tx, endpoint_id)
        await endpoints.remove(tx, endpoint_id)
        await _log(tx, stores, who, "remove webhook", endpoint, {"url": endpoint.url})
    await stores.listeners.refresh(stores.postgres)
    log.info("webhook endpoint removed", endpoint=str(endpoint_id), who=who)


async def send_test(stores: Stores, who: str, endpoint_id: UUID) -> UUID:
    """Send an event `webhook.test` to one endpoint. Returns its id. Raises NotFound,
    InvalidRequest."""
    event_id = stores.new_id()
    data = WebhookTest(endpoint_id=endpoint_id)
    event = WebhookEvent(event_id, str(event_id), stores.now(), data)
    async with stores.postgres.transaction() as tx:
        endpoint = await _known(tx, endpoint_id)
        if endpoint.disabled_at is not None:
            raise InvalidRequest.of("endpoint", "is disabled: enable it first")
        await events.tell(tx, [event], only=endpoint_id)
        await _log(tx, stores, who, "test webhook", endpoint, {"event": str(event_id)})
    return event_id


async def log_of(
    stores: Stores,
    endpoint_id: UUID,
    *,
    state: DeliveryState | None,
    limit: int,
    before: UUID | None = None,
) -> list[LoggedDelivery]:
    """What was sent to an endpoint, and what it answered, newest first. Raises NotFound."""
    async with stores.postgres.transaction() as tx:
        await _known(tx, endpoint_id)
        return await deliveries.listed(tx, endpoint_id, state, limit, before)


async def replay(
    stores: Stores,
    who: str,
    endpoint_id: UUID,
    *,
    ids: Sequence[UUID] | None = None,
    state: DeliveryState | None = None,
) -> int:
    """Send again what was sent or given up: these events, or all of a state. Returns how
    many. Raises NotFound, InvalidRequest."""
    if ids is None and state is None:
        raise InvalidRequest.of("events", "Expected events or a state")
    if ids is not None and len(ids) > REPLAY_IDS_MAX:
        raise InvalidRequest.of("events", f"Expected at most {REPLAY_IDS_MAX}")
    async with stores.postgres.transaction() as tx:
        endpoint = await _known(tx, endpoint_id)
        count = await deliveries.replay(tx, endpoint_id, ids, state)
        await _log(tx, stores, who, "replay webhooks", endpoint, {"deliveries": count})
    log.info("webhooks replayed", endpoint=str(endpoint_id), deliveries=count, who=who)
    return count


async def _log(
    tx: Transaction,
    stores: Stores,
    who: str,
    action: str,
    endpoint: WebhookEndpoint,
    details: Mapping[str, object],
) -> None:
    named = {"endpoint": str(endpoint.id), **details}
    await controls.log(tx, stores.new_id(), None, who, action, named)


def _changes(before: WebhookEndpoint, after: WebhookEndpoint) -> dict[str, object]:
    """What an operator has changed of an endpoint."""
    pairs = {
        "url": (before.url, after.url),
        "events": (before.events, after.events),
        "enabled": (before.disabled_at is None, after.disabled_at is None),
    }
    return {name: {"from": was, "to": now} for name, (was, now) in pairs.items() if was != now}


async def _known(tx: Transaction, endpoint_id: UUID) -> WebhookEndpoint:
    found = await endpoints.by_id(tx, endpoint_id)
    if found is None:
        raise NotFound
    return found


def _require_url(settings: Settings, url: str) -> None:
    if wrong := wrong_url(url, settings.webhooks.webhook_addresses):
        raise InvalidRequest.of("url", wrong)


def _types(chosen: Sequence[str]) -> list[str]:
    """The chosen types in the order of the guide. Raises InvalidRequest."""
    if unknown := sorted(set(chosen) - TYPES.keys()):
        raise InvalidRequest.of("events", f"{unknown[0]} is no event; expected {', '.join(TYPES)}")
    if not chosen:
        raise InvalidRequest.of("events", "Expected at least one event")
    return [name for name in TYPES if name in chosen]


def _with_secret(stores: Stores, endpoint: WebhookEndpoint) -> EndpointWithSecret:
    key = stores.settings.stores.secret_key
    return EndpointWithSecret(endpoint, signing.secret(key, endpoint.id, endpoint.secret_number))
