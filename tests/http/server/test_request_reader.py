"""Where a message begins and ends: whatever its fields say and however its bytes are cut, one
request has one answer, and what is inside a body or after it is nothing else."""

import asyncio
import itertools
import json
from collections.abc import Callable

import pytest

from helpers.connections import (
    all_that_comes,
    connected,
    next_answer,
    next_echo,
    on_uvloop,
    send_each,
    serving,
)
from yemae.http.server import request_head

pytestmark = pytest.mark.usefixtures("path")
SMUGGLED = b"DELETE /v1/queue-tokens/me HTTP/1.1\r\nHost: x\r\n\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n"

UPGRADES = {
    "none": b"",
    "nginx": b"Upgrade: x\r\nConnection: upgrade\r\n",
    "websocket": b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n",
    # What Java 17's HttpClient and `curl --http2` write.
    "java": b"Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n",  # noqa: E501
    "curl": b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n",  # noqa: E501
    "without connection": b"Upgrade: h2c\r\n",
    "without upgrade": b"Connection: upgrade\r\n",
}
FRAMINGS: dict[str, Callable[[bytes], tuple[bytes, bytes]]] = {
    "length": lambda body: (b"Content-Length: %d\r\n" % len(body), body),
    "chunked": lambda body: (
        b"Transfer-Encoding: chunked\r\n",
        b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (body[:5], len(body) - 5, body[5:]),
    ),
    "extensions and trailers": lambda body: (
        b"Transfer-Encoding: Chunked\r\n",
        b'%x;a=b;c="d"\r\n%b\r\n0;last\r\nX-Trailer: 1\r\n\r\n' % (len(body), body),
    ),
}
CUTS: dict[str, Callable[[bytes, bytes], list[bytes]]] = {
    "whole": lambda head, rest: [head + rest],
    "after the head": lambda head, rest: [head, rest],
    "before the blank line": lambda head, rest: [head[:-2], head[-2:] + rest],
    "in the blank line": lambda head, rest: [head[:-1], head[-1:] + rest],
    "in the body": lambda head, rest: [head + rest[:7], rest[7:]],
    "each byte": lambda head, rest: [bytes([byte]) for byte in head + rest],
}


@pytest.mark.parametrize("cut", CUTS)
@on_uvloop
async def test_a_body_is_a_body_and_what_follows_is_the_next_request(cut: str) -> None:
    async with serving() as (port, _):
        for upgrade, framing in itertools.product(UPGRADES.values(), FRAMINGS.values()):
            fields, body = framing(SMUGGLED)
            head = b"POST /first HTTP/1.1\r\nHost: x\r\n" + upgrade + fields + b"\r\n"
            async with connected(port) as (reader, writer):
                await send_each(writer, CUTS[cut](head, body + NEXT))
                first, second = await next_echo(reader), await next_echo(reader)
                writer.write_eof()
                assert await all_that_comes(reader) == b""
            said = first["method"], first["path"], first["body"]
            assert said == ("POST", "/first", SMUGGLED.decode()), upgrade
            assert (second["method"], second["path"], second["body"]) == ("GET", "/next", "")


@pytest.mark.parametrize("cut", CUTS)
@on_uvloop
async def test_a_request_without_a_body_is_answered_and_the_connection_goes_on(cut: str) -> None:
    async with serving() as (port, _):
        for upgrade in UPGRADES.values():
            head = b"GET /first HTTP/1.1\r\nHost: x\r\n" + upgrade + b"\r\n"
            async with connected(port) as (reader, writer):
                await send_each(writer, CUTS[cut](head, head + NEXT))
                paths = [(await next_echo(reader))["path"] for _ in range(3)]
            assert paths == ["/first", "/first", "/next"]


@on_uvloop
async def test_a_body_that_the_application_does_not_read_is_a_body() -> None:
    async with serving() as (port, _):
        for upgrade in UPGRADES.values():
            head = b"POST /unread HTTP/1.1\r\nHost: x\r\n" + upgrade
            async with connected(port) as (reader, writer):
                writer.write(head + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED))
                assert (await next_echo(reader))["path"] == "/unread"
                await send_each(writer, [SMUGGLED[:9], SMUGGLED[9:], NEXT])
                assert (await next_echo(reader))["path"] == "/next"


@pytest.mark.parametrize("framing", ["length", "chunked"])
@on_uvloop
async def test_a_client_that_waits_for_continue_gets_it_and_then_one_answer(framing: str) -> None:
    fields, body = FRAMINGS[framing](SMUGGLED)
    head = b"POST /first HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n" + UPGRADES["curl"]
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(head + fields + b"\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(body)
        assert (await next_echo(reader))["body"] == SMUGGLED.decode()


@on_uvloop
async def test_after_an_answer_that_wanted_no_body_nothing_is_taken_for_a_request() -> None:
    # The client may leave the body out or send it, so what follows is ambiguous.
    head = b"POST /unread HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 48\r\n\r\n"
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(head)
        _, fields, _ = await next_answer(reader)
        assert fields[b"connection"] == b"close"
        assert await all_that_comes(reader) == b""


BROKEN = {
    "length and chunked": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n",
    "chunked and length": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Length: 3\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
    "a list of lengths": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\n",
    "a signed length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\n",
    "an empty length": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n",
    "a space before the colon": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\n",
    "another coding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    "a coding before chunked": b"POST / HTTP/1.1\r\nHost: x\r\n"
    b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "codings in two fields": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n",
    "nearly chunked": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
    "another coding with an upgrade": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n"
    b"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n",
    "chunks of HTTP/1.0": b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
    "a folded field": b"POST / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "a folded coding": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n",
    "bare line feeds": b"POST / HTTP/1.1\nHost: x\nContent-Length: 3\n\n",
    "a tunnel": b"CONNECT / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tunnel to a host": b"CONNECT other:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/2 from the start": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    "HTTP/2 in a line": b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "bytes that are no text": b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "33 parameters": b"GET /?" + b"a&" * 32 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\nX: y\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "two hosts in HTTP/1.0": b"GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
}


@pytest.mark.parametrize("cut", ["whole", "each byte"])
@on_uvloop
async def test_a_malformed_or_ambiguous_request_is_400_and_ends_the_connection(cut: str) -> None:
    seen: list[str] = []

    async def app(scope: object, *_: object) -> None:
        seen.append(str(scope))

    async with serving(app) as (port, _):
        for name, broken in BROKEN.items():
            async with connected(port) as (reader, writer):
                await send_each(writer, CUTS[cut](broken, SMUGGLED))
                answer = await all_that_comes(reader)
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 400 "), name
            assert b"\r\nconnection: close" in head
            assert json.loads(body)["type"] == "/problems/malformed-request"
    assert seen == []


@on_uvloop
async def test_http_1_0_needs_no_host() -> None:
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(b"GET /old HTTP/1.0\r\n\r\n")
        assert (await next_echo(reader))["path"] == "/old"


@on_uvloop
async def test_a_chunk_that_is_none_ends_the_connection_without_an_answer_of_the_application() -> (
    None
):
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serving() as (port, _), connected(port) as (reader, writer):
        await send_each(writer, [head, b"3\r\nabc\r\n", b"zz\r\n" + SMUGGLED])
        answer = await all_that_comes(reader)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("upgrade", ["none", "nginx"])
@pytest.mark.parametrize("cut", ["whole", "each byte"])
@on_uvloop
async def test_a_trailer_is_no_header(cut: str, upgrade: str) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n" + UPGRADES[upgrade]
    head += b"\r\n"
    rest = b"3\r\nabc\r\n0\r\nAuthorization: Bearer t\r\nIdempotency-Key: k\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n"  # noqa: E501
    async with serving() as (port, _), connected(port) as (reader, writer):
        await send_each(writer, CUTS[cut](head, rest + NEXT))
        first, second = await next_echo(reader), await next_echo(reader)
    named = {name for name, _ in first["headers"] + second["headers"]}
    assert named <= {"host", "transfer-encoding", "connection", "upgrade"}
    assert first["body"] == "abc"


@on_uvloop
async def test_trailers_are_counted_like_headers() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(head + b"X: y\r\n" * (request_head.FIELDS_MAX + 1))
        assert (await all_that_comes(reader)).startswith(b"HTTP/1.1 431 ")


@on_uvloop
async def test_a_hundred_fields_are_a_head_and_one_more_is_431() -> None:
    fields = b"X: y\r\n" * (request_head.FIELDS_MAX - 1)
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n")
        assert len((await next_echo(reader))["headers"]) == request_head.FIELDS_MAX
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: y\r\n" + fields + b"\r\n")
        answer = await all_that_comes(reader)
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b'"limit_fields":100' in answer


@pytest.mark.parametrize("name", [b"Accept-Encoding", b"X-Forwarded-For", b"A" * 9_000])
@on_uvloop
async def test_no_list_in_a_head_is_long_enough_to_hold_the_event_loop_up(name: bytes) -> None:
    most = 16_384 - len(b"Host") - len(b"x") - len(name)
    async with serving() as (port, _), connected(port) as (reader, writer):
        head = b"GET / HTTP/1.1\r\nHost: x\r\n" + name + b": "
        writer.write(head + b"," * most + b"\r\n\r\n")
        assert (await next_echo(reader))["path"] == "/"
        writer.write(head + b"," * (most + 1) + b"\r\n\r\n")
        assert (await all_that_comes(reader)).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("cut", ["whole", "each byte"])
@on_uvloop
async def test_a_target_over_the_limit_is_414(cut: str) -> None:
    start = b"GET /?" + b"a" * (request_head.TARGET_MAX_BYTES - 2)
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(start + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await next_echo(reader))["path"] == "/"
        await send_each(writer, CUTS[cut](start + b"a", b""))
        answer = await all_that_comes(reader)
    assert answer.startswith(b"HTTP/1.1 414 ")
    assert b'"limit_bytes":4096' in answer


@on_uvloop
async def test_a_refusal_is_read_although_the_client_is_still_sending() -> None:
    async with serving() as (port, _), connected(port) as (reader, writer):
        writer.write(b"GET /" + b"a" * 4_000_000)
        answer = await all_that_comes(reader)
    assert answer.startswith(b"HTTP/1.1 414 ")
    assert answer.endswith(b"}")


@on_uvloop
async def test_an_answer_of_unknown_length_is_closed_for_http_1_0_and_chunked_for_1_1() -> None:
    async def app(_: object, __: object, send: Callable[..., object]) -> None:
        more = {"type": "http.response.body", "more_body": True}
        for message in (
            {"type": "http.response.start", "status": 200, "headers": []},
            {**more, "body": b"one,"},
            {**more, "body": b"two"},
            {"type": "http.response.body", "body": b""},
        ):
            await send(message)  # type: ignore[misc]

    async with serving(app) as (port, _):
        async with connected(port) as (reader, writer):
            writer.write(b"GET / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n")
            head, _, body = (await all_that_comes(reader)).partition(b"\r\n\r\n")
            assert b"transfer-encoding" not in head
            assert b"connection: close" in head
            assert body == b"one,two"
        async with connected(port) as (reader, writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 60)
            assert answer.endswith(b"\r\n\r\n4\r\none,\r\n3\r\ntwo\r\n0\r\n\r\n")
