"""The mock API answers as openapi.json says, with every answer that an operation has."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from helpers.contract import DOCUMENT, described, validator
from yemae.http.contract.mock import choices_of, create_mock_app
from yemae.http.contract.operation import Operation
from yemae.http.operations import OPERATIONS

BY_NAME = {operation.name: operation for operation in OPERATIONS}
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.name)
APP = create_mock_app()
TOKENS = {"Authorization": "Bearer any", "Queue-Token": "any", "Entry-Token": "any"}
GOOD = {**TOKENS, "Idempotency-Key": "any"}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(APP)
    async with httpx.AsyncClient(transport=transport, base_url="http://mock") as opened:
        yield opened


async def ask(
    client: httpx.AsyncClient,
    operation: Operation,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> httpx.Response:
    """A request that nothing is wrong with, unless `headers` or `json` say otherwise."""
    if operation.body is not None and "content" not in more:
        more.setdefault("json", operation.body_example)
    path = re.sub(r"\{\w+\}", "small-hall", operation.path)
    return await client.request(operation.method, path, headers=headers or GOOD, **more)


def slug(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("/problems/")


def check(operation: Operation, answer: httpx.Response) -> None:
    """The answer is one that openapi.json describes."""
    response = described(operation)["responses"][str(answer.status_code)]
    content = response.get("content")
    if content is None:
        assert answer.content == b""
        return
    media_type = answer.headers["content-type"]
    assert media_type in content
    value = answer.json() if media_type.endswith("json") else answer.text
    validator(content[media_type]["schema"]).validate(value)
    for name in ("Location", "Retry-After"):
        assert name not in answer.headers or name in response["headers"]


@each_operation
async def test_every_operation_gives_every_answer_that_is_described(
    client: httpx.AsyncClient, operation: Operation
) -> None:
    for status in map(int, described(operation)["responses"]):
        answer = await ask(client, operation, {**GOOD, "Prefer": f"code={status}"})
        assert answer.status_code == status
        assert answer.headers["preference-applied"] == f"code={status}"
        check(operation, answer)


@each_operation
async def test_every_named_example_can_be_chosen(
    client: httpx.AsyncClient, operation: Operation
) -> None:
    for example in filter(None, (choice.name for choice in choices_of(operation))):
        answer = await ask(client, operation, {**GOOD, "Prefer": f"example={example}"})
        assert answer.headers["preference-applied"] == f"example={example}"
        check(operation, answer)
        if answer.headers["content-type"] == "application/problem+json":
            assert slug(answer) == example


@each_operation
async def test_without_a_preference_the_first_success_is_the_answer(
    client: httpx.AsyncClient, operation: Operation
) -> None:
    answer = await ask(client, operation)
    assert answer.status_code == operation.answers[0].status
    assert "preference-applied" not in answer.headers
    check(operation, answer)


@pytest.mark.parametrize(
    "prefer",
    [
        "code=409, example=seat-taken",
        "code=409; example=seat-taken",
        'respond-async, Code="409",  EXAMPLE = "seat-taken"',
    ],
)
async def test_a_code_and_an_example_are_read_in_every_spelling(
    client: httpx.AsyncClient, prefer: str
) -> None:
    answer = await ask(client, BY_NAME["place_order"], {**GOOD, "Prefer": prefer})
    assert (answer.status_code, slug(answer)) == (409, "seat-taken")
    assert answer.headers["preference-applied"] == "code=409, example=seat-taken"


async def test_a_poll_can_show_both_shapes(client: httpx.AsyncClient) -> None:
    waiting = await ask(client, BY_NAME["poll_place"])
    admitted = await ask(client, BY_NAME["poll_place"], {**GOOD, "Prefer": "example=admitted"})
    assert waiting.json()["state"] == "waiting"
    assert waiting.headers["retry-after"] == "12"
    assert admitted.json()["state"] == "admitted"
    assert "retry-after" not in admitted.headers


async def test_a_code_that_the_operation_does_not_have_is_refused_with_the_list(
    client: httpx.AsyncClient,
) -> None:
    answer = await ask(client, BY_NAME["show_wallet"], {**GOOD, "Prefer": "code=409"})
    assert (answer.status_code, slug(answer)) == (422, "invalid-request")
    assert "this operation has 200, 400, 401, 414, 431, 500, 503" in answer.json()["detail"]


async def test_an_example_that_the_code_does_not_have_is_refused_with_the_list(
    client: httpx.AsyncClient,
) -> None:
    prefer = "code=404, example=seat-taken"
    answer = await ask(client, BY_NAME["place_order"], {**GOOD, "Prefer": prefer})
    assert (answer.status_code, slug(answer)) == (422, "invalid-request")
    assert "performance-not-found, seat-not-found" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "missing", "status", "problem"),
    [
        ("show_wallet", "Authorization", 401, "unauthenticated"),
        ("poll_place", "Queue-Token", 401, "queue-token-invalid"),
        ("list_seats", "Entry-Token", 403, "entry-token-missing"),
        ("top_up", "Idempotency-Key", 400, "idempotency-key-required"),
    ],
)
async def test_a_missing_token_is_refused_whatever_is_preferred(
    client: httpx.AsyncClient, name: str, missing: str, status: int, problem: str
) -> None:
    headers = {key: value for key, value in GOOD.items() if key != missing}
    answer = await ask(client, BY_NAME[name], {**headers, "Prefer": "code=500"})
    assert (answer.status_code, slug(answer)) == (status, problem)
    check(BY_NAME[name], answer)


async def test_another_scheme_than_bearer_is_no_access_token(client: httpx.AsyncClient) -> None:
    answer = await ask(client, BY_NAME["show_wallet"], {"Authorization": "Basic YTpi"})
    assert slug(answer) == "unauthenticated"


@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        ('{"amount": 0}', 422, "invalid-request"),
        ('{"amount": 1, "price": 2}', 422, "invalid-request"),
        ("{", 400, "malformed-body"),
        (" " * 70_000, 413, "body-too-large"),
    ],
)
async def test_a_body_that_the_server_would_refuse_is_refused(
    client: httpx.AsyncClient, content: str, status: int, problem: str
) -> None:
    answer = await ask(client, BY_NAME["top_up"], content=content)
    assert (answer.status_code, slug(answer)) == (status, problem)
    check(BY_NAME["top_up"], answer)


@pytest.mark.parametrize("query", ["limit=0", "limit=many", f"cursor={'x' * 201}"])
async def test_page_parameters_are_checked(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/v1/concerts?{query}")
    assert (answer.status_code, slug(answer)) == (422, "invalid-request")


async def test_an_address_that_nothing_has_is_a_problem(client: httpx.AsyncClient) -> None:
    for path in ("/v1/nothing", "/nothing", "/problems/nothing"):
        answer = await client.get(path)
        assert (answer.status_code, slug(answer)) == (404, "not-found")


async def test_another_method_is_a_problem_that_lists_the_methods(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.put("/v1/wallet")
    assert (answer.status_code, slug(answer)) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, HEAD"


async def test_a_page_of_any_origin_may_call_it_and_read_its_headers(
    client: httpx.AsyncClient,
) -> None:
    origin = {"Origin": "http://127.0.0.1:5173"}
    asked = await client.options(
        "/v1/orders",
        headers={
            **origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, entry-token, prefer",
        },
    )
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == "*"
    assert "entry-token" in asked.headers["access-control-allow-headers"]
    answer = await client.get("/v1/wallet", headers={**TOKENS, **origin})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Retry-After" in answer.headers["access-control-expose-headers"]


async def test_it_serves_the_contract_and_its_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/openapi.json")).json() == DOCUMENT
    assert "swagger" in (await client.get("/docs")).text
    assert (await client.get("/problems/seat-taken")).status_code == 200
