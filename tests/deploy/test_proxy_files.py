"""Each proxy file of deploy/proxies does what its comments say, in a real proxy."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from helpers.proxies import free_ports
from helpers.shipped import NAMES, Shipped, shipped
from helpers.upstream import Node, node
from yemae.refusals import StoreUnavailable

# Enough requests that each of two nodes gets one.
MANY = 20
KEY = {"Idempotency-Key": "a-key"}
KEYED = ("/v1/orders", "/v1/orders/0199-ab/payment", "/v1/wallet/top-ups")

pytestmark = pytest.mark.parametrize("name", NAMES)


@asynccontextmanager
async def client_of(proxy: Shipped) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=proxy.url, verify=proxy.trusting(), trust_env=False, timeout=60
    ) as client:
        yield client


@asynccontextmanager
async def standing(
    name: str, folder: Path, *, first_breaks_off: bool = False
) -> AsyncIterator[tuple[httpx.AsyncClient, Node, Node]]:
    """Two nodes, the proxy before them, and a client of it."""
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(node(breaks_off=first_breaks_off))
        two = await stack.enter_async_context(node())
        addresses = (one.address, two.address)
        # Starting it waits for its port, which must not keep the nodes from answering its checks.
        proxy = shipped(name, folder, addresses)
        started = await asyncio.to_thread(proxy.__enter__)
        stack.push_async_callback(asyncio.to_thread, proxy.__exit__, None, None, None)
        yield await stack.enter_async_context(client_of(started)), one, two


async def test_a_node_learns_the_address_of_the_connection_whatever_the_client_says(
    name: str, tmp_path: Path
) -> None:
    said = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7", "X-Request-Id": "1"}
    async with standing(name, tmp_path) as (client, one, two):
        assert (await client.get("/v1/concerts", headers=said)).status_code == 200
        (request,) = [*one.requests, *two.requests]
    assert request.values("x-forwarded-for") in (["127.0.0.1"], ["::1"])
    assert request.values("forwarded") == []
    assert request.values("x-request-id") not in ([], ["1"])


async def test_metrics_and_operators_calls_are_closed_to_the_outside(
    name: str, tmp_path: Path
) -> None:
    async with standing(name, tmp_path) as (client, one, two):
        for path in (
            "/metrics",
            "/v1/admin",
            "/v1/admin/concerts/hall/queue",
            "/v1/%61dmin/concerts/hall/queue",
        ):
            assert (await client.get(path)).status_code == 404, path
            assert (await client.post(path)).status_code == 404, path
        assert (one.requests, two.requests) == ([], [])
        assert (await client.get("/v1/administrators")).status_code == 200


async def test_plain_http_is_sent_to_https(name: str, tmp_path: Path) -> None:
    ports = free_ports(2)
    proxy = shipped(name, tmp_path, [f"127.0.0.1:{port}" for port in ports])
    with proxy as started:
        async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
            answer = await client.get(f"http://localhost:{started.http_port}/v1/concerts?limit=2")
    assert answer.status_code == 308
    assert answer.headers["location"].startswith("https://localhost")
    assert answer.headers["location"].endswith("/v1/concerts?limit=2")


async def test_answers_are_compressed_and_connections_to_nodes_are_kept(
    name: str, tmp_path: Path
) -> None:
    async with standing(name, tmp_path) as (client, one, two):
        for _ in range(MANY):
            answer = await client.get("/v1/concerts", headers={"Accept-Encoding": "gzip"})
            assert answer.headers["content-encoding"] == "gzip"
            assert len(answer.content) > 20_000
        assert len(one.requests) + len(two.requests) == MANY
        assert one.connections + two.connections < MANY / 2


async def test_an_event_is_passed_on_at_once_and_not_compressed(name: str, tmp_path: Path) -> None:
    async with (
        standing(name, tmp_path) as (client, one, two),
        client.stream("GET", "/stream", headers={"Accept-Encoding": "gzip"}) as answer,
    ):
        assert "content-encoding" not in answer.headers
        pieces = answer.aiter_bytes()
        assert await anext(pieces) == b"data: 1\n\n"
        # The proxy has the first event only; one that buffers would wait for this one.
        one.second_event.set()
        two.second_event.set()
        assert b"".join([piece async for piece in pieces]) == b"data: 2\n\n"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_that_may_be_repeated_is_sent_to_the_other_node(
    name: str, method: str, tmp_path: Path
) -> None:
    async with standing(name, tmp_path, first_breaks_off=True) as (client, one, two):
        for number in range(MANY):
            body = {"amount": number} if method == "POST" else None
            path = KEYED[number % len(KEYED)]
            answer = await client.request(method, path, headers=KEY, json=body)
            assert answer.status_code == 200
        assert one.requests
        assert len(two.requests) == MANY
        if method == "POST":
            bodies = [request.body for request in two.requests]
            assert bodies == [b'{"amount":%d}' % number for number in range(MANY)]


@pytest.mark.parametrize(("path", "headers"), [("/v1/orders", {}), ("/v1/users", KEY)])
async def test_a_post_that_may_have_been_carried_out_is_not_repeated(
    name: str, path: str, headers: dict[str, str], tmp_path: Path
) -> None:
    async with standing(name, tmp_path, first_breaks_off=True) as (client, one, two):
        # On a connection of its own: HAProxy ends an older one without a word, as HTTP/1.1 allows.
        headers = {**headers, "Connection": "close"}
        answers = [await client.post(path, headers=headers, json={}) for _ in range(MANY)]
        assert one.requests
        assert len(one.requests) + len(two.requests) == MANY
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == len(one.requests)
    for answer in refused:
        check_away(answer)


async def test_what_no_node_has_got_is_sent_to_the_other_whatever_it_is(
    name: str, tmp_path: Path
) -> None:
    async with node() as two:
        (nothing,) = free_ports(1)
        proxy = shipped(name, tmp_path, (f"127.0.0.1:{nothing}", two.address))
        started = await asyncio.to_thread(proxy.__enter__)
        try:
            async with client_of(started) as client:
                for _ in range(MANY):
                    assert (await client.post("/v1/users", json={})).status_code == 200
        finally:
            await asyncio.to_thread(proxy.__exit__, None, None, None)
        assert len(two.requests) == MANY


async def test_without_a_node_clients_read_the_problem_that_a_node_would_give(
    name: str, tmp_path: Path
) -> None:
    ports = free_ports(2)
    with shipped(name, tmp_path, [f"127.0.0.1:{port}" for port in ports]) as started:
        async with client_of(started) as client:
            for answer in (
                await client.get("/v1/concerts"),
                await client.post("/v1/orders", headers=KEY, json={}),
            ):
                check_away(answer)


def check_away(answer: httpx.Response) -> None:
    """What a client switches on when it cannot be served."""
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{StoreUnavailable.slug}"
    assert problem["title"] == StoreUnavailable.title
    assert problem["status"] == 503
