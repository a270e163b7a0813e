"""Webhooks of payment providers."""

from yemae.http.contract.operation import Answer, Operation, Shown
from yemae.http.server.call import Call
from yemae.refusals import (
    BodyTooLarge,
    MalformedBody,
    ProviderUnavailable,
    RequestTimeout,
    WebhookInvalid,
)
from yemae.sale import heed_webhook as sale


async def heed_webhook(call: Call) -> Answer:
    """A provider says that something happened to a charge. It is looked up; what the webhook says
    of it is not believed."""
    body = await call.raw_body()
    await sale.heed_webhook(call.runtime, call.path("provider"), call.headers(), body, call.batches)
    return Answer(204)


OPERATIONS = (
    Operation(
        "heed_webhook",
        "POST",
        "/v1/hooks/{provider}",
        "checkouts",
        "Webhooks of the payment provider",
        heed_webhook,
        answers=(Shown(204, "Looked up"),),
        problems=(WebhookInvalid, ProviderUnavailable, BodyTooLarge, RequestTimeout, MalformedBody),
    ),
)
