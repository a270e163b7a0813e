"""Webhooks for operators: endpoints, their secrets, and the log of what was sent.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from typing import get_args
from uuid import UUID

import msgspec
from msgspec import UNSET

from yemae.back_office import webhooks
from yemae.http.contract.operation import (
    CURSOR,
    LIMIT,
    OF_BODIES,
    Answer,
    Operation,
    Parameter,
    Shown,
)
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operator.webhook_shapes import (
    EXAMPLE_DELIVERY,
    EXAMPLE_NEW,
    EXAMPLE_WEBHOOK,
    AddWebhook,
    ChangeWebhook,
    NewWebhook,
    ReplayedWebhooks,
    ReplayWebhooks,
    SentTest,
    Webhook,
    WebhookDeliveriesPage,
    Webhooks,
    delivery,
    webhook,
)
from yemae.http.server.call import Call, one_page
from yemae.refusals import (
    InvalidRequest,
    NotFound,
    OperatorRequired,
    Unauthenticated,
)
from yemae.webhooks.deliveries import DeliveryState

PATH = "/v1/admin/webhooks"
ONE = f"{PATH}/{{webhook_id}}"
STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
STATE = Parameter(
    "state", "query", "Only these deliveries.", {"type": "string", "enum": list(STATES)}
)
ADD = msgspec.json.Decoder(AddWebhook)
CHANGE = msgspec.json.Decoder(ChangeWebhook)
REPLAY = msgspec.json.Decoder(ReplayWebhooks)


async def list_webhooks(call: Call) -> Answer:
    """All endpoints."""
    call.operator()
    found = await webhooks.list_endpoints(call.runtime)
    return Answer(200, Webhooks([webhook(each) for each in found]))


async def add_webhook(call: Call) -> Answer:
    """A new endpoint, with the secret that its receiver verifies with."""
    who = call.operator()
    body = await call.body(ADD)
    made = await webhooks.add_endpoint(call.runtime, who, body.url, body.events)
    return Answer(201, NewWebhook(webhook(made.endpoint), made.secret))


async def show_webhook(call: Call) -> Answer:
    """One endpoint."""
    call.operator()
    return Answer(200, webhook(await webhooks.show_endpoint(call.runtime, _id(call))))


async def change_webhook(call: Call) -> Answer:
    """Change what is given."""
    who, endpoint_id = call.operator(), _id(call)
    body = await call.body(CHANGE)
    changed = await webhooks.change_endpoint(
        call.runtime,
        who,
        endpoint_id,
        url=None if body.url is UNSET else body.url,
        chosen=None if body.events is UNSET else body.events,
        enabled=None if body.enabled is UNSET else body.enabled,
    )
    return Answer(200, webhook(changed))


async def remove_webhook(call: Call) -> Answer:
    """Send nothing there any more."""
    who, endpoint_id = call.operator(), _id(call)
    await webhooks.remove_endpoint(call.runtime, who, endpoint_id)
    return Answer(204)


async def rotate_secret(call: Call) -> Answer:
    """Another secret; the one of before signs as well for a day."""
    who, endpoint_id = call.operator(), _id(call)
    made = await webhooks.rotate_secret(call.runtime, who, endpoint_id)
    return Answer(201, NewWebhook(webhook(made.endpoint), made.secret))


async def send_test(call: Call) -> Answer:
    """An event `webhook.test`, to this endpoint only."""
    who, endpoint_id = call.operator(), _id(call)
    return Answer(202, SentTest(await webhooks.send_test(call.runtime, who, endpoint_id)))


async def list_deliveries(call: Call) -> Answer:
    """What was sent, and what the endpoint answered."""
    call.operator()
    endpoint_id, limit, before = _id(call), call.limit(), call.cursor_uuid()
    chosen = call.query(STATE.name)
    state = next((each for each in STATES if each == chosen), None)
    if chosen is not None and state is None:
        raise InvalidRequest.of(STATE.name, f"Expected one of {', '.join(STATES)}")
    found = await webhooks.log_of(
        call.runtime, endpoint_id, state=state, before=before, limit=limit + 1
    )
    listed, following = one_page(found, limit)
    return Answer(200, WebhookDeliveriesPage([delivery(each) for each in listed], following))


async def replay(call: Call) -> Answer:
    """Send events again, under the same ids."""
    who, endpoint_id = call.operator(), _id(call)
    body = await call.body(REPLAY)
    if (body.events is UNSET) == (body.state is UNSET):
        raise InvalidRequest.of("events", "Expected either events or a state")
    count = await webhooks.replay(
        call.runtime,
        who,
        endpoint_id,
        ids=None if body.events is UNSET else body.events,
        state=None if body.state is UNSET else body.state,
    )
    return Answer(200, ReplayedWebhooks(count))


def _id(call: Call) -> UUID:
    """The endpoint that the path names. Raises NotFound."""
    endpoint_id = call.path_uuid("webhook_id")
    if endpoint_id is None:
        raise NotFound
    return endpoint_id


GATES = (Unauthenticated, OperatorRequired)

OPERATIONS = (
    Operation(
        "list_webhooks",
        "GET",
        PATH,
        "admin",
        "Endpoints of webhooks",
        list_webhooks,
        (Shown(200, "The endpoints", Webhooks, {"webhooks": [EXAMPLE_WEBHOOK]}),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "add_webhook",
        "POST",
        PATH,
        "admin",
        "Send events to an endpoint",
        add_webhook,
        (Shown(201, "The endpoint with its secret", NewWebhook, EXAMPLE_NEW),),
        (*GATES, *OF_BODIES),
        body=AddWebhook,
        body_example={
            "url": "https://crm.example.com/hooks/yemae",
            "events": ["order.paid", "order.cancelled"],
        },
        signed_in=True,
    ),
    Operation(
        "show_webhook",
        "GET",
        ONE,
        "admin",
        "An endpoint of webhooks",
        show_webhook,
        (Shown(200, "The endpoint", Webhook, EXAMPLE_WEBHOOK),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "change_webhook",
        "PATCH",
        ONE,
        "admin",
        "Change, stop or start an endpoint",
        change_webhook,
        (Shown(200, "The endpoint as it is now", Webhook, EXAMPLE_WEBHOOK),),
        (*GATES, *OF_BODIES),
        body=ChangeWebhook,
        body_example={"enabled": True},
        signed_in=True,
    ),
    Operation(
        "remove_webhook",
        "DELETE",
        ONE,
        "admin",
        "Remove an endpoint",
        remove_webhook,
        (Shown(204, "It is removed"),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "rotate_webhook_secret",
        "POST",
        f"{ONE}/secret",
        "admin",
        "Give an endpoint another secret",
        rotate_secret,
        (Shown(201, "The endpoint with its new secret", NewWebhook, EXAMPLE_NEW),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "test_webhook",
        "POST",
        f"{ONE}/test",
        "admin",
        "Send a test event to an endpoint",
        send_test,
        (Shown(202, "It is on its way", SentTest, {"id": EXAMPLE_ID}),),
        (*GATES, InvalidRequest),
        signed_in=True,
    ),
    Operation(
        "list_webhook_deliveries",
        "GET",
        f"{ONE}/deliveries",
        "admin",
        "What was sent to an endpoint",
        list_deliveries,
        (
            Shown(
                200,
                "A page of the log",
                WebhookDeliveriesPage,
                {"deliveries": [EXAMPLE_DELIVERY], "next_cursor": None},
            ),
        ),
        (*GATES, InvalidRequest),
        parameters=(STATE, CURSOR, LIMIT),
        signed_in=True,
    ),
    Operation(
        "replay_webhooks",
        "POST",
        f"{ONE}/replay",
        "admin",
        "Send events to an endpoint again",
        replay,
        (Shown(200, "How many are sent again", ReplayedWebhooks, {"replayed": 3}),),
        (*GATES, *OF_BODIES),
        body=ReplayWebhooks,
        body_example={"state": "given_up"},
        signed_in=True,
    ),
)
