"""Texts that a store would refuse, in every place that a request has for one: never a fault."""

import copy
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from yemae.accounts.access import OPERATOR
from yemae.http.operations import OPERATIONS
from yemae.http.server.bodies import NO_NUL, decoded
from yemae.refusals import InvalidRequest

# NUL, which PostgreSQL refuses; bytes that are no UTF-8; control characters of both ranges; what
# turns the order of a line; and a whole line break.
ODD = ["\x00", "a\x00b", "\x1b[2J", "\x7f", "\x9b1m", "\u202e", "\u2028", "x\ny"]
RAW = ["%00", "a%00b", "%FF", "%C3%28", "%ED%A0%80", "%F4%90%80%80"]


@pytest.fixture
def operator(site: Site) -> Visitor:
    """An operator, so that every gate is open."""
    fan = site.visitor("op")
    token = site.runtime.issuer.issue("op", OPERATOR).text
    fan.tokens["Authorization"] = f"Bearer {token}"
    return fan


async def test_a_path_with_an_odd_character_is_no_path(operator: Visitor) -> None:
    for operation in OPERATIONS:
        if "{" not in operation.path:
            continue
        for odd in [quote(text) for text in ODD] + RAW:
            path = operation.path
            while "{" in path:
                path = path[: path.index("{")] + odd + path[path.index("}") + 1 :]
            body = operation.body_example if operation.body else None
            answer = await operator.site.client.request(
                operation.method, path, headers=operator.tokens, json=body
            )
            assert 400 <= answer.status_code < 500, (operation.name, odd, answer.text)


async def test_an_odd_text_in_a_query_is_refused(operator: Visitor) -> None:
    for path in (
        "/v1/orders",
        "/v1/wallet/transfers",
        "/v1/concerts",
        f"/v1/concerts/{HALL}/queue",
    ):
        for name in ("cursor", "limit"):
            for odd in [quote(text) for text in ODD] + RAW:
                answer = await operator.get(f"{path}?{name}={odd}")
                assert answer.status_code in (200, 422), (path, name, odd)


@pytest.mark.parametrize(
    "name", ["Authorization", "Queue-Token", "Entry-Token", "Entry-Proof", "Idempotency-Key"]
)
@pytest.mark.parametrize("text", [b"\xff\xfe", b"a\x9bb", "Bearer \u202e".encode(), b"\x00"])
async def test_an_odd_text_in_a_header_is_refused(inside: Visitor, name: str, text: bytes) -> None:
    for method, path, body in (
        ("POST", "/v1/orders", {"performance_id": FIRST, "seats": ["1"]}),
        ("GET", "/v1/queue-tokens/me", None),
        ("POST", "/v1/wallet/top-ups", {"amount": 1}),
    ):
        headers: dict[str, Any] = {**inside.tokens, name: text}
        answer = await inside.site.client.request(method, path, headers=headers, json=body)
        assert answer.status_code < 500, (path, answer.text)


async def test_an_odd_text_in_a_body_is_refused(inside: Visitor, operator: Visitor) -> None:
    for odd in ODD:
        for fan, path, body in (
            (inside, "/v1/orders", {"performance_id": FIRST, "seats": [odd]}),
            (inside, "/v1/orders", {"performance_id": odd, "seats": ["1"]}),
            (
                inside,
                "/v1/orders",
                {"performance_id": FIRST, "best_available": {"grade": odd, "count": 1}},
            ),
            (inside, f"/v1/concerts/{HALL}/queue-tokens", {"presale_code": odd}),
            (operator, f"/v1/admin/concerts/{HALL}/queue/revoke", {"user_id": odd}),
            (operator, f"/v1/admin/concerts/{HALL}/queue/reopen", {"user_id": odd, "reason": "x"}),
        ):
            answer = await fan.post(path, body)
            assert 400 <= answer.status_code < 500, (path, odd, answer.text)


def texts_of(value: Any, path: str = "") -> Iterator[str]:
    """Where the texts of a body are."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from texts_of(each, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from texts_of(each, f"{path}.{name}".removeprefix("."))


def with_nul(body: Any, path: str) -> Any:
    """A body with a NUL in one of its texts."""
    changed = copy.deepcopy(body)
    *names, last = re.findall(r"[^.\[\]]+", path)
    at = changed
    for name in names:
        at = at[int(name) if isinstance(at, list) else name]
    key = int(last) if isinstance(at, list) else last
    at[key] = f"{at[key]}\0"
    return changed


async def test_a_nul_in_any_text_of_any_body_is_no_fault(
    inside: Visitor, operator: Visitor
) -> None:
    order_id = await inside.held("1")
    known = {"concert_id": HALL, "performance_id": FIRST, "order_id": order_id, "provider": "test"}
    asked = 0
    for operation in OPERATIONS:
        if operation.body is None:
            continue
        path = re.sub(r"{(\w+)}", lambda name: known.get(name[1], order_id), operation.path)
        for text in texts_of(operation.body_example):
            body = with_nul(operation.body_example, text)
            for fan in (inside, operator):
                # The site fails the test for a fault.
                answer = await fan.ask(operation.method, path, json=body)
                assert 400 <= answer.status_code < 500, (path, text, answer.text)
                asked += 1
    assert asked > 200


async def test_a_nul_is_refused_by_the_name_of_its_field(inside: Visitor) -> None:
    notices = "/v1/push-notices/removal"
    refused = problem_of(await inside.post(notices, {"endpoint": "a\0b"}), 422, "invalid-request")
    assert refused["errors"] == [{"field": "endpoint", "detail": NO_NUL}]
    seats = {"performance_id": FIRST, "seats": ["1", "a\0b"]}
    refused = problem_of(await inside.post("/v1/orders", seats), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "seats[1]"
    # A backslash before it is no NUL.
    answer = await inside.post(notices, {"endpoint": "a\\u0000b"})
    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("raw", "field"),
    [(rb'"a\u0000"', "body"), (rb'{"a": {"b\u0000": 1}}', "a"), (rb'{"a": [0, "\u0000"]}', "a[1]")],
)
def test_a_nul_is_found_wherever_it_is(raw: bytes, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        decoded(raw, msgspec.json.Decoder(Any))
    assert [each.field for each in refused.value.errors] == [field]


async def test_a_user_whose_id_reads_like_a_command_s_is_none_in_the_log(site: Site) -> None:
    who = []
    for user_id in ("cli:root", "CLI:root", "user:cli:root", "op"):
        token = site.runtime.issuer.issue(user_id, OPERATOR).text
        headers = {"Authorization": f"Bearer {token}"}
        for verb in ("pause", "resume"):
            answer = await site.ask(
                "POST", f"/v1/admin/concerts/{HALL}/queue/{verb}", headers=headers
            )
            assert answer.status_code == 200
        found = await site.get(f"/v1/admin/concerts/{HALL}/queue/actions?limit=1", headers=headers)
        who.append(found.json()["actions"][0]["who"])
    assert who == ["user:cli:root", "user:CLI:root", "user:user:cli:root", "op"]


async def test_a_path_that_is_none_is_a_problem_like_any_other(site: Site) -> None:
    answer = await site.client.get("/v1/admin/concerts/%00/queue")
    problem_of(answer, 404, "not-found")
