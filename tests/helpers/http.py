"""The real application in this process, and fans who call it over ASGI.

Every answer is checked: it has a request id, a problem has the form of RFC 9457 and its headers,
and the operation declares it.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import structlog
from structlog.testing import LogCapture

from helpers.concerts import HALL, load_concert
from helpers.contract import DOCUMENT, validator_of
from yemae.concerts.files.concert_file import FileConcert
from yemae.http.server import endpoint
from yemae.http.server.app import App, create_app
from yemae.jobs import admission_tick
from yemae.runtime import Runtime
from yemae.sale import admission
from yemae.sale.batches import Batches
from yemae.settings import Settings

FAULTS = {"fault", "undeclared problem"}
TABLES = ("users", "wallets", "transfers", "orders", "payments", "tickets", "seats")

PATHS = {path: re.compile(re.sub(r"\{.*?\}", "[^/]+", path)) for path in DOCUMENT["paths"]}

_keys = itertools.count(1)


class Site:
    """A running application, its runtime, and a client without tokens."""

    def __init__(self, app: App, client: httpx.AsyncClient) -> None:
        self.app = app
        self.client = client

    @property
    def runtime(self) -> Runtime:
        """The runtime that the application opened."""
        runtime: Runtime = self.app.state.runtime
        return runtime

    @property
    def batches(self) -> Batches:
        """The batches that the application opened."""
        batches: Batches = self.app.state.batches
        return batches

    async def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One request without any token; `given` is what httpx takes."""
        response = await self.client.request(method, path, **given)
        check_promises(response)
        return response

    async def get(self, path: str, **given: Any) -> httpx.Response:
        """GET without any token."""
        return await self.ask("GET", path, **given)

    def visitor(self, user_id: str) -> "Visitor":
        """A signed-in fan."""
        return Visitor(self, user_id)

    async def enter(self, *user_ids: str, concert_id: str = HALL) -> "list[Visitor]":
        """Fans who have come through the queue together."""
        visitors = [self.visitor(user_id) for user_id in user_ids]
        for visitor in visitors:
            await visitor.join(concert_id)
        await self.admit(concert_id)
        for visitor in visitors:
            assert await visitor.poll() == "admitted"
        return visitors

    async def admit(self, concert_id: str = HALL) -> None:
        """One admission tick."""
        await admission.admit(self.runtime, self.runtime.catalogue.queue(concert_id))

    async def contents(self) -> dict[str, str]:
        """A fingerprint of every table that a fan can change."""
        found = {}
        async with self.runtime.postgres.transaction() as tx:
            for table in TABLES:
                query = f"select md5(coalesce(string_agg(t::text, ' ' order by t::text), '')) as all_of_it from {table} as t"  # noqa: E501, S608
                found[table] = (await tx.fetch(query.encode()))[0].all_of_it
        return found


class Visitor:
    """A fan with a browser: the tokens they have go along with every request."""

    def __init__(self, site: Site, user_id: str) -> None:
        self.site = site
        self.user_id = user_id
        token = site.runtime.issuer.issue(user_id).text
        self.tokens = {"Authorization": f"Bearer {token}"}

    async def ask(
        self, method: str, path: str, headers: dict[str, Any] | None = None, **given: Any
    ) -> httpx.Response:
        """One request with this fan's tokens; `headers` replace them."""
        return await self.site.ask(
            method, path, headers={**self.tokens, **(headers or {})}, **given
        )

    async def get(self, path: str, **given: Any) -> httpx.Response:
        """GET with this fan's tokens."""
        return await self.ask("GET", path, **given)

    async def post(self, path: str, body: object = None, **given: Any) -> httpx.Response:
        """POST with this fan's tokens; `body` is sent as JSON unless None."""
        if body is not None:
            given["json"] = body
        return await self.ask("POST", path, **given)

    async def join(self, concert_id: str = HALL) -> httpx.Response:
        """Take a place and keep its token."""
        response = await self.post(f"/v1/concerts/{concert_id}/queue-tokens")
        assert response.status_code in (200, 201), response.text
        self.tokens["Queue-Token"] = response.json()["queue_token"]
        return response

    async def poll(self) -> str:
        """Ask for the place, keep the pass when there is one, and return the state."""
        response = await self.get("/v1/queue-tokens/me")
        assert response.status_code == 200, response.text
        place = response.json()
        if place["state"] == "admitted":
            self.tokens["Entry-Token"] = place["entry_token"]
        return str(place["state"])

    async def top_up(self, amount: int = 1_000_000, key: str | None = None) -> httpx.Response:
        """Put money in, by default under a new key."""
        key = key or f"key-{next(_keys)}"
        return await self.post(
            "/v1/wallet/top-ups", {"amount": amount}, headers={"Idempotency-Key": key}
        )

    async def hold(
        self, *seats: str, performance: str = "hall-1", key: str | None = None
    ) -> httpx.Response:
        """Ask for seats."""
        headers = {"Idempotency-Key": key} if key else {}
        return await self.post(
            "/v1/orders", {"performance_id": performance, "seats": list(seats)}, headers=headers
        )

    async def held(self, *seats: str, performance: str = "hall-1") -> str:
        """Hold seats and return the order's id."""
        response = await self.hold(*seats, performance=performance)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    async def pay(
        self, order_id: str, key: str | None = None, terms: str | None = None
    ) -> httpx.Response:
        """Pay an order, and agree to a version of the terms."""
        headers = {"Idempotency-Key": key} if key else {}
        body = {"terms": terms} if terms else None
        return await self.post(f"/v1/orders/{order_id}/payment", body, headers=headers)


def check_promises(response: httpx.Response) -> None:
    """Check what holds for every answer."""
    status, path = response.status_code, response.request.url.path
    assert response.headers["x-request-id"]
    assert status != 500, response.text
    is_problem = response.headers.get("content-type") == "application/problem+json"
    assert is_problem == (status >= 400 and path not in ("/readyz", "/healthz"))
    assert ("www-authenticate" in response.headers) == (status == 401)
    assert ("allow" in response.headers) == (status == 405)
    if status in (429, 503):
        assert int(response.headers["retry-after"]) >= 1
    if response.request.method == "HEAD":
        return
    if is_problem:
        problem = response.json()
        assert problem["status"] == status
        assert problem["instance"] == response.headers["x-request-id"]
        assert response.headers["cache-control"] == "no-store"
    check_contract(response)


def check_contract(response: httpx.Response) -> None:
    """The answer is one that openapi.json shows for this operation."""
    path = response.request.url.raw_path.decode().partition("?")[0]
    found = next((known for known, pattern in PATHS.items() if pattern.fullmatch(path)), None)
    method = response.request.method.lower()
    operation = DOCUMENT["paths"].get(found, {}).get(method)
    if found is None or operation is None:
        assert response.status_code in (404, 405)
        return
    shown = operation["responses"][str(response.status_code)]
    assert all(
        name in response.headers for name in shown.get("headers", {}) if name != "Retry-After"
    )
    content = shown.get("content", {})
    kind = response.headers.get("content-type", "").partition(";")[0]
    assert (kind in content) if content else (kind == "")
    if kind.endswith("json"):
        check = validator_of(found, method, str(response.status_code), kind)
        check.validate(response.json())


def problem_of(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """Check which problem it is; returns the fields that this type adds."""
    document: dict[str, Any] = response.json()
    assert (response.status_code, document["type"]) == (status, f"/problems/{slug}"), document
    standard = {"type", "title", "status", "detail", "instance"}
    assert standard <= document.keys()
    assert document["title"]
    assert document["detail"]
    return {name: value for name, value in document.items() if name not in standard}


@asynccontextmanager
async def open_site(
    settings: Settings, *concerts: FileConcert, **changes: object
) -> AsyncIterator[Site]:
    """Run the application with these concerts (or the usual one) and changed settings."""
    settings = settings.replace(**changes)
    for wanted in concerts or (None,):
        await load_concert(settings, wanted)
    async with running_site(settings) as site:
        yield site


@asynccontextmanager
async def running_site(settings: Settings) -> AsyncIterator[Site]:
    """Run the application with the concerts that are there; no fan is admitted before `Site.admit`.

    At the end it must not have logged a fault or a problem that the operation does not declare.
    """
    app = create_app(settings)
    logged = LogCapture()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(admission_tick, "INTERVAL_S", 10.0)
        logger = structlog.wrap_logger(structlog.ReturnLogger(), processors=[logged])
        patch.setattr(endpoint, "log", logger)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                yield Site(app, client)
    assert [entry for entry in logged.entries if entry["event"] in FAULTS] == []


async def until(condition: Any, deadline_s: float = 120.0) -> None:
    """Wait until an async condition holds; the test fails when it never does."""
    async with asyncio.timeout(deadline_s):
        while not await condition():  # noqa: ASYNC110 - what it waits for is another program
            await asyncio.sleep(0.02)
