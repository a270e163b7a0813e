"""Both streams of events: sent in one way, through proxies too, with a bound for each client."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from helpers.concerts import HALL
from helpers.connections import serving
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.proxies import nginx
from yemae.concerts.seat_map.watch import IDLE_BEAT_S
from yemae.http.fan import availability, queue_status
from yemae.http.server import sse
from yemae.settings import Settings

QUEUE = f"/v1/concerts/{HALL}/queue/stream"
SEATS = "/v1/performances/hall-1/availability/stream"
STREAMS = [QUEUE, SEATS]
WITHIN_S = 60
# The usual lines, and everything compressed, as soon as it is long enough to be.
NGINX = """
gzip on;
gzip_types *;
gzip_min_length 0;
gzip_proxied any;
gzip_http_version 1.0;
server {
    listen LISTEN;
    location / { proxy_pass http://127.0.0.1:PORT; }
}
"""


@pytest.fixture
async def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    """The application with few streams for each user and address."""
    monkeypatch.setattr(sse, "PER_USER_MAX", 2)
    monkeypatch.setattr(sse, "PER_ADDRESS_MAX", 4)
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 0.05)
    async with open_site(settings) as opened:
        yield opened


@asynccontextmanager
async def online(site: Site, *proxy_in: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application as a server, behind nginx if there is a folder for it."""
    async with AsyncExitStack() as stack:
        port, _ = await stack.enter_async_context(serving(site.app))
        for folder in proxy_in:
            proxy = stack.enter_context(nginx(folder, NGINX.replace("PORT", str(port))))
            port = proxy.port
        limits = httpx.Limits(max_connections=100)
        url = f"http://127.0.0.1:{port}"
        client = httpx.AsyncClient(base_url=url, timeout=WITHIN_S, limits=limits, trust_env=False)
        yield await stack.enter_async_context(client)
        # Who follows is let go, as when a server ends.
        site.runtime.board.close()
        site.runtime.availability.close()


async def first_event(answer: httpx.Response) -> str:
    """What comes until an event has come."""
    heard = ""
    async with asyncio.timeout(WITHIN_S):
        async for piece in answer.aiter_text():
            heard += piece
            if "data: " in heard and heard.endswith("\n\n"):
                return heard
    return heard


async def test_both_streams_say_the_same_of_themselves(site: Site) -> None:
    (fan,) = await site.enter("fan")
    async with online(site) as client:
        headers = []
        for path in STREAMS:
            async with client.stream("GET", path, headers=fan.tokens) as answer:
                assert answer.status_code == 200
                own = {"date", "server", "x-request-id"}
                headers.append({name: answer.headers[name] for name in answer.headers.keys() - own})
    assert headers[0] == headers[1] == {
        "content-type": "text/event-stream",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
        "transfer-encoding": "chunked",
    }  # fmt: skip


@pytest.mark.parametrize("path", STREAMS)
async def test_a_stream_comes_through_nginx_that_compresses_everything(
    site: Site, tmp_path: Path, path: str
) -> None:
    (fan,) = await site.enter("fan")
    async with online(site, tmp_path) as client:
        headers = {**fan.tokens, "Accept-Encoding": "gzip"}
        async with client.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200
            assert "data: " in await first_event(answer)


async def open_streams(
    stack: AsyncExitStack, client: httpx.AsyncClient, fan: Visitor, path: str, number: int
) -> list[httpx.Response]:
    """Open this number of streams of a fan. Returns their answers."""
    return [
        await stack.enter_async_context(client.stream("GET", path, headers=fan.tokens))
        for _ in range(number)
    ]


async def refused(answer: httpx.Response) -> None:
    """Check that it is one too many."""
    await answer.aread()
    problem_of(answer, 429, "rate-limited")
    assert int(answer.headers["retry-after"]) >= 1


async def test_one_user_follows_a_limited_number_of_seat_maps_and_one_more_when_one_ends(
    site: Site,
) -> None:
    one, other = await site.enter("one", "other")
    async with online(site) as client, AsyncExitStack() as stack:
        *followed, last = await open_streams(stack, client, one, SEATS, 3)
        assert [answer.status_code for answer in followed] == [200, 200]
        await refused(last)
        (others,) = await open_streams(stack, client, other, SEATS, 1)
        assert others.status_code == 200
        await followed[0].aclose()
        async with asyncio.timeout(WITHIN_S):
            while site.runtime.streams["user", "one"] != 1:  # noqa: ASYNC110 - a socket
                await asyncio.sleep(0.02)
        (again,) = await open_streams(stack, client, one, SEATS, 1)
        assert again.status_code == 200


async def test_a_stream_whose_client_leaves_gives_its_share_back_before_the_next_beat(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fan,) = await site.enter("fan")
    monkeypatch.setattr("yemae.concerts.seat_map.watch.IDLE_BEAT_S", 3_600.0)
    async with online(site) as client, AsyncExitStack() as stack:
        (answer,) = await open_streams(stack, client, fan, SEATS, 1)
        assert "data: " in await first_event(answer)
        assert site.runtime.streams["user", "fan"] == 1
        await answer.aclose()
        async with asyncio.timeout(WITHIN_S):
            while site.runtime.streams["user", "fan"]:  # noqa: ASYNC110 - a socket
                await asyncio.sleep(0.02)


async def test_one_address_follows_a_limited_number_of_streams_of_both_kinds(site: Site) -> None:
    (fan,) = await site.enter("fan")
    async with online(site) as client, AsyncExitStack() as stack:
        seats = await open_streams(stack, client, fan, SEATS, 1)
        *queues, last = await open_streams(stack, client, fan, QUEUE, 4)
        assert {answer.status_code for answer in (*seats, *queues)} == {200}
        await refused(last)
        assert site.runtime.streams["address", "127.0.0.1"] == 4


async def test_a_process_serves_a_limited_number_of_streams(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fan,) = await site.enter("fan")
    for path, module in ((QUEUE, queue_status), (SEATS, availability)):
        monkeypatch.setattr(module, "STREAMS_MAX", 1)
        async with online(site) as client, AsyncExitStack() as stack:
            first, second = await open_streams(stack, client, fan, path, 2)
            assert first.status_code == 200
            await second.aread()
            problem_of(second, 503, "overloaded")


async def test_what_streams_took_is_given_back_when_they_end(site: Site) -> None:
    (fan,) = await site.enter("fan")
    async with online(site) as client:
        for path in STREAMS:
            await client.head(path, headers=fan.tokens)
            async with client.stream("GET", path, headers=fan.tokens) as answer:
                await first_event(answer)
        async with asyncio.timeout(WITHIN_S):
            while site.runtime.streams["address", "127.0.0.1"]:  # noqa: ASYNC110 - a socket
                await asyncio.sleep(0.02)
    assert site.runtime.streams["queue streams"] == site.runtime.streams["seat map streams"] == 0


@pytest.mark.parametrize("path", STREAMS)
async def test_a_stream_begins_with_a_comment_and_has_one_when_it_is_quiet(
    site: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(sse, "HEARTBEAT_S", 0.01)
    (fan,) = await site.enter("fan")
    async with online(site) as client, client.stream("GET", path, headers=fan.tokens) as answer:
        heard = ""
        async with asyncio.timeout(WITHIN_S):
            async for piece in answer.aiter_text():
                heard += piece
                if heard.count(": still here\n\n") == 3:
                    break
    assert heard.startswith(": still here\n\n")
    assert "data: " in heard


def test_a_quiet_stream_says_something_at_least_every_ten_seconds() -> None:
    assert sse.HEARTBEAT_S + IDLE_BEAT_S <= 10


@pytest.mark.parametrize("path", STREAMS)
async def test_a_stream_ends_after_its_lifetime_with_the_time_to_reconnect(
    settings: Settings, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "LIFETIME_S", 1.0)
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 0.05)
    async with open_site(settings) as site:
        (fan,) = await site.enter("fan")
        answer = await asyncio.wait_for(fan.get(path), WITHIN_S)
    assert re.search(r"\n\nretry: [1-5]\d\d\d\n\n$", answer.text)
