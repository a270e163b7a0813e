"""`yemae webhooks`: where systems of the operator hear of what happens, and what they answered."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import typer

from yemae.back_office import webhooks as back_office
from yemae.back_office.webhooks import EndpointWithSecret
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.orders import given_id
from yemae.cli.queue import on_stores
from yemae.cli.queue_values import whole_number
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.concerts.controls import operator
from yemae.refusals import NotFound
from yemae.runtime import Stores
from yemae.values.instants import instant, plain
from yemae.webhooks.deliveries import LoggedDelivery
from yemae.webhooks.endpoints import WebhookEndpoint
from yemae.webhooks.payloads import TYPES

LINES_MAX = 1_000
EXAMPLE_ID = "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"

Result = TypeVar("Result")
EndpointId = Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's id.")]
Events = Annotated[
    list[str] | None,
    typer.Option("--event", metavar="EVENT", help=f"One of {', '.join(TYPES)}; may be repeated."),
]

app = typer.Typer(name="webhooks", help="Tell systems of your own what happens.")


@app.callback()
def webhooks() -> None:
    """Tell systems of your own what happens."""


@app.command("list", epilog=examples("yemae webhooks list"))
def list_endpoints(*, json: AsJson = False) -> None:
    """List the endpoints, the oldest first."""
    found = on_stores(back_office.list_endpoints)
    if json:
        write_json([plain(each._asdict()) for each in found])
        return
    write_table(
        ["Endpoint", "URL", "Events", "State", "Waiting"],
        [(each.id, each.url, " ".join(each.events), _state(each), each.waiting) for each in found],
        numbers=["Waiting"],
    )


@app.command(
    epilog=examples(
        "yemae webhooks add https://crm.example.com/yemae --event order.paid",
        "yemae webhooks add https://crm.example.com/yemae",
    )
)
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the events go.")],
    *,
    events: Events = None,
) -> None:
    """Send events to an endpoint, all of them unless some are chosen; writes its secret."""
    chosen = list(TYPES) if events is None else events
    _write_secret(
        on_stores(lambda stores: back_office.add_endpoint(stores, operator(), url, chosen))
    )


@app.command(
    "set",
    epilog=examples(
        f"yemae webhooks set {EXAMPLE_ID} --url https://crm.example.com/new",
        f"yemae webhooks set {EXAMPLE_ID} --enable",
    ),
)
def set_endpoint(
    endpoint: EndpointId,
    *,
    url: Annotated[str | None, typer.Option(help="Another URL.")] = None,
    events: Events = None,
    enabled: Annotated[
        bool | None,
        typer.Option("--enable/--disable", help="Send what waits, or nothing any more."),
    ] = None,
) -> None:
    """Change an endpoint; an enabled one is sent what waits."""
    if url is None and events is None and enabled is None:
        raise InputError("Name what is to be changed: --url, --event, --enable or --disable.")
    changed = _on_endpoint(
        endpoint,
        lambda stores, id_: back_office.change_endpoint(
            stores, operator(), id_, url=url, chosen=events, enabled=enabled
        ),
    )
    write_line(f"{changed.id} is {_state(changed)}: {' '.join(changed.events)} to {changed.url}")


@app.command(epilog=examples(f"yemae webhooks rotate {EXAMPLE_ID}"))
def rotate(endpoint: EndpointId) -> None:
    """Give an endpoint another secret; the one of before signs as well for a day."""
    rotate_it = back_office.rotate_secret
    _write_secret(_on_endpoint(endpoint, lambda stores, id_: rotate_it(stores, operator(), id_)))


@app.command(epilog=examples(f"yemae webhooks remove {EXAMPLE_ID}"))
def remove(endpoint: EndpointId) -> None:
    """Send nothing to an endpoint any more."""
    remove_it = back_office.remove_endpoint
    _on_endpoint(endpoint, lambda stores, id_: remove_it(stores, operator(), id_))
    write_line(f"{endpoint} is removed")


@app.command(epilog=examples(f"yemae webhooks test {EXAMPLE_ID}"))
def test(endpoint: EndpointId) -> None:
    """Send an event `webhook.test` to an endpoint; the log has its answer."""
    sent = _on_endpoint(
        endpoint, lambda stores, id_: back_office.send_test(stores, operator(), id_)
    )
    write_line(f"{sent} is on its way; see `yemae webhooks log {endpoint}`")


@app.command(
    epilog=examples(
        f"yemae webhooks log {EXAMPLE_ID}", f"yemae webhooks log {EXAMPLE_ID} --state given_up"
    )
)
def log(
    endpoint: EndpointId,
    *,
    state: Annotated[
        Literal["waiting", "delivered", "given_up"] | None, typer.Option(help="Only these.")
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            metavar="NUMBER", help="How many.", parser=whole_number("--limit", 1, LINES_MAX)
        ),
    ] = 20,
    json: AsJson = False,
) -> None:
    """List what was sent to an endpoint and what it answered, newest first."""

    async def look(stores: Stores, id_: UUID) -> list[LoggedDelivery]:
        return await back_office.log_of(stores, id_, state=state, limit=limit)

    found = _on_endpoint(endpoint, look)
    if json:
        write_json([plain(each._asdict()) for each in found])
        return
    write_table(
        ["Event", "Type", "State", "Tries", "Written", "Status", "Error"],
        [
            (
                each.event_id,
                each.type,
                each.state,
                each.attempts,
                instant(each.created_at),
                each.status or "",
                each.error or "",
            )
            for each in found
        ],
        numbers=["Tries", "Status"],
    )


@app.command(
    epilog=examples(
        f"yemae webhooks replay {EXAMPLE_ID} --state given_up",
        f"yemae webhooks replay {EXAMPLE_ID} 0199d3b2-6a40-7c11-9d42-1f4c5d6e7f80",
    )
)
def replay(
    endpoint: EndpointId,
    events: Annotated[
        list[str] | None, typer.Argument(metavar="[EVENT]...", help="Their ids.")
    ] = None,
    *,
    state: Annotated[
        Literal["waiting", "delivered", "given_up"] | None, typer.Option(help="All of these.")
    ] = None,
) -> None:
    """Send events again, under the same ids, also those that have arrived."""
    if bool(events) == (state is not None):
        raise InputError("Name events, or type --state.")
    ids = [given_id(text, "event") for text in events] if events else None
    count = _on_endpoint(
        endpoint,
        lambda stores, id_: back_office.replay(stores, operator(), id_, ids=ids, state=state),
    )
    write_line(f"Events due now: {count}")


def _on_endpoint(typed: str, work: Callable[[Stores, UUID], Awaitable[Result]]) -> Result:
    endpoint_id = given_id(typed, "endpoint")

    async def on_it(stores: Stores) -> Result:
        try:
            return await work(stores, endpoint_id)
        except NotFound:
            raise InputError(f"There is no endpoint {typed}.") from None

    return on_stores(on_it)


def _write_secret(made: EndpointWithSecret) -> None:
    """What the receiver needs, on lines that a script can read."""
    write_line(f"endpoint {made.endpoint.id}")
    write_line(f"secret   {made.secret}")


def _state(endpoint: WebhookEndpoint) -> str:
    if endpoint.disabled_at is not None:
        return f"disabled ({endpoint.disabled_reason})"
    return "on" if endpoint.failing_since is None else "failing"
