"""What is checked of webhooks: whether an endpoint gets nothing any more because it failed."""

import asyncio

from yemae.doctor.findings import Finding, found
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store.errors import StoreError
from yemae.store.failures import as_store_errors
from yemae.store.postgres import Postgres
from yemae.webhooks import endpoints
from yemae.webhooks.endpoints import WebhookEndpoint

# What an operator has switched off is meant to be off.
BY_OPERATOR = "operator"


def check_webhooks(settings: Settings, database_url: str, *, is_current: bool) -> Finding:
    """Look at the endpoints of a database whose schema is the newest."""
    if not is_current:
        return found("webhooks.unknown")
    try:
        with as_store_errors():
            known = asyncio.run(_endpoints(settings.replace(database_url=database_url)))
    except (StoreError, StoreUnavailable):
        return found("webhooks.unknown")
    off = [
        each
        for each in known
        if each.disabled_at is not None and each.disabled_reason != BY_OPERATOR
    ]
    if off:
        # No addresses: one may have a secret in it.
        return found("webhooks.off", ids=", ".join(str(each.id) for each in off))
    if failing := sum(each.failing_since is not None for each in known):
        return found("webhooks.failing", failing=failing)
    return found("webhooks.right", endpoints=len(known)) if known else found("webhooks.none")


async def _endpoints(settings: Settings) -> list[WebhookEndpoint]:
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        return await endpoints.listed(tx)
