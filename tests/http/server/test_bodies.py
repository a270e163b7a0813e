"""Bodies that are no JSON, too long, too deep, or stranger still: refused, and nothing happens."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from helpers.concerts import HALL
from helpers.http import Site, Visitor, problem_of
from yemae.http.server import call

BODIES = ["/v1/orders", "/v1/wallet/top-ups", "/v1/users", "/v1/sessions"]
BROKEN = [
    b"",
    b"{",
    b"}",
    b'{"amount":}',
    b'{"amount":1,}',
    b"{'amount':1}",
    b'{"amount":1} {"amount":2}',
    b'{"amount":NaN}',
    b'{"amount":01}',
    b"amount=1",
    b"\xff\xfe{\x00}\x00",
    b'{"amount":1}\x00',
    b'{"n\xff":1}',
    b'{"' + b"a" * 10 + b'":"\xc3\x28"}',
]
LISTS, OBJECTS = b"[" * 10_000 + b"]" * 10_000, b'{"":' * 10_000 + b"1" + b"}" * 10_000
WITH_TEXT = [
    ("/v1/users", '{"name":%s,"email":"a@b.example","password":"correct horse"}'),
    ("/v1/users", '{"name":"n","email":%s,"password":"correct horse"}'),
    ("/v1/sessions", '{"email":%s,"password":"correct horse"}'),
    ("/v1/sessions", '{"email":"a@b.example","password":%s}'),
    ("/v1/orders", '{"performance_id":%s,"seats":["1"]}'),
    ("/v1/orders", '{"performance_id":"hall-1","seats":["1",%s]}'),
    ("/v1/orders", '{"performance_id":"hall-1","seats":["1"],%s:1}'),
    ("/v1/wallet/top-ups", '{"amount":1,%s:1}'),
]


@pytest.fixture
def paying(inside: Visitor) -> Visitor:
    """A fan whose every call has a key."""
    inside.tokens["Idempotency-Key"] = "k"
    return inside


async def test_what_is_no_json_is_refused(site: Site, paying: Visitor) -> None:
    before = await site.contents()
    for path in BODIES:
        for body in BROKEN:
            answer = await paying.post(path, content=body)
            assert answer.status_code in (400, 422), body
            if answer.status_code == 400:
                assert problem_of(answer, 400, "malformed-body") == {}
        problem_of(await paying.post(path, content=b'{"'), 400, "malformed-body")
    assert await site.contents() == before


async def test_an_empty_body_is_no_body_however_its_length_is_said(
    site: Site, visitor: Visitor
) -> None:
    async def nothing() -> AsyncIterator[bytes]:
        yield b""

    path = f"/v1/concerts/{HALL}/queue-tokens"
    for body in (b"", nothing()):
        assert (await visitor.post(path, content=body)).is_success
    problem_of(await visitor.post(path, content=b" "), 400, "malformed-body")
    # The calls that take no body do not look at one.
    (inside,) = await site.enter("inside")
    await inside.top_up()
    order_id = await inside.held("1")
    assert (await inside.post(f"/v1/orders/{order_id}/payment", content=nothing())).is_success


async def test_deep_nesting_is_refused(site: Site, paying: Visitor) -> None:
    before = await site.contents()
    for path, field in zip(BODIES, (b"seats", b"amount", b"email", b"email"), strict=True):
        for deep in (LISTS, OBJECTS):
            for body in (deep, b'{"%b":%b}' % (field, deep), b'{"x":%b}' % deep):
                assert (await paying.post(path, content=body)).status_code in (400, 422)
    assert await site.contents() == before


@pytest.mark.parametrize("has_length", [True, False])
async def test_a_body_over_the_limit_is_refused(paying: Visitor, has_length: bool) -> None:
    limit, sent = call.BODY_MAX_BYTES, 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1_000
            yield b" " * 1_000
            await asyncio.sleep(0)

    for path in BODIES:
        sent = 0
        answer = await paying.post(path, content=b" " * (limit + 1) if has_length else endless())
        assert problem_of(answer, 413, "body-too-large") == {"limit_bytes": limit}
        assert sent <= limit + 1_000


async def test_a_body_that_only_claims_to_be_long_is_not_waited_for(paying: Visitor) -> None:
    headers = {"Content-Length": "9" * 30}
    answer = await paying.post("/v1/wallet/top-ups", content=b"{}", headers=headers)
    problem_of(answer, 413, "body-too-large")


async def test_a_body_of_the_limit_is_read(paying: Visitor) -> None:
    body = b'{"amount":7}'.ljust(call.BODY_MAX_BYTES)
    assert (await paying.post("/v1/wallet/top-ups", content=body)).status_code == 201


async def test_half_characters_and_nul_change_nothing(site: Site, paying: Visitor) -> None:
    before = await site.contents()
    for path, body in WITH_TEXT:
        for text in ("\\ud800", "correct\\udfff@horse.example", "nul\\u0000@horse.example"):
            answer = await paying.post(path, content=body % f'"{text}"')
            assert answer.status_code in (400, 401, 404, 422), (body, text, answer.text)
    assert await site.contents() == before


async def test_a_body_that_does_not_come_is_not_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    monkeypatch.setattr(call, "BODY_WAIT_S", 1)
    (fan,) = await site.enter("fan")
    fan.tokens["Idempotency-Key"] = "k"
    before = await site.contents()
    for answer in await asyncio.gather(*(fan.post(path, content=never()) for path in BODIES)):
        problem_of(answer, 408, "request-timeout")
    assert await site.contents() == before


async def test_any_content_type_will_do(paying: Visitor) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = await paying.post("/v1/wallet/top-ups", content=b'{"amount":7}', headers=headers)
    assert answer.status_code == 201
