"""The queue as a stream of events: from a running server, because only there a client listens."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from helpers.concerts import HALL, TEXT
from helpers.contract import DOCUMENT, validator
from helpers.http import until
from helpers.pages import ROOT
from helpers.server import SECRET_KEY, Server
from yemae.accounts.access import Issuer
from yemae.values.instants import instant

STREAM = f"/v1/concerts/{HALL}/queue/stream"
QUEUE = f"/v1/concerts/{HALL}/queue"
SMALL_HALL = str(ROOT / "examples" / "small-hall.toml")
WITHIN_S = 60.0


def _open_to_others(name: str) -> Path:
    """The folder, where the system user of a private PostgreSQL can get to its data."""
    folder = Path(name)
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One process."""
    with tempfile.TemporaryDirectory(prefix="yemae-stream-", ignore_cleanup_errors=True) as name:
        folder = _open_to_others(name)
        concert = folder / "hall.toml"
        concert.write_text(
            TEXT.format(
                concert_id=HALL,
                seats=20,
                seat_limit=4,
                active_limit=1,
                admit_per_minute=60,
                entry_ttl_s=600,
                absent_after_s=600,
            )
        )
        server = Server(folder, "--workers", "1", "--load", str(concert)).traced()
        server.start()
        try:
            yield server
        finally:
            server.stop()
            complaint = server.complaint()
            assert "fault" not in complaint, complaint


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, timeout=WITHIN_S) as opened:
        yield opened


async def join(client: httpx.AsyncClient, user_id: str) -> None:
    token = Issuer(SECRET_KEY, 3_600).issue(user_id).text
    joined = await client.post(
        f"/v1/concerts/{HALL}/queue-tokens", headers={"Authorization": f"Bearer {token}"}
    )
    assert joined.is_success


@asynccontextmanager
async def listening(client: httpx.AsyncClient) -> AsyncIterator[httpx.Response]:
    """A stream, as soon as those of the tests before have been let go."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            async with client.stream("GET", STREAM) as response:
                if response.status_code == 200:
                    yield response
                    return


async def events(response: httpx.Response) -> AsyncIterator[dict[str, object]]:
    """The data of each event, checked against the schema of the queue."""
    schema = DOCUMENT["paths"]["/v1/concerts/{concert_id}/queue"]["get"]["responses"]["200"]
    check = validator(schema["content"]["application/json"]["schema"])
    fields: dict[str, str] = {}
    async for text in response.aiter_lines():
        if text.startswith(":"):
            continue
        if text:
            name, _, value = text.partition(": ")
            fields[name] = value
        elif fields:
            assert fields["event"] == "queue"
            data = msgspec.json.decode(fields["data"])
            check.validate(data)
            yield data
            fields = {}


async def test_each_change_is_an_event(client: httpx.AsyncClient) -> None:
    async with listening(client) as response:
        assert response.headers["content-type"] == "text/event-stream"
        assert response.headers["cache-control"] == "no-store, no-transform"
        heard = events(response)
        first = await anext(heard)
        assert first["state"] == "open"
        for number in range(3):
            await join(client, f"change-{number}")
        async for event in heard:
            if event["waiting"] == 2 and event["active"] == 1:
                break


async def test_an_event_is_the_public_status_of_the_queue(client: httpx.AsyncClient) -> None:
    async with listening(client) as response:
        tag, body = "", b""
        async for text in response.aiter_lines():
            if text.startswith("id: "):
                tag = text.removeprefix("id: ")
            if text.startswith("data: "):
                body = text.removeprefix("data: ").encode()
                break
    known = await client.get(QUEUE, headers={"If-None-Match": f'"{tag}"'})
    assert known.status_code == 304 or known.content != body


async def test_a_stream_of_no_concert_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/concerts/nowhere/queue/stream")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/concert-not-found")


async def test_a_server_that_gets_a_signal_to_stop_does_not_wait_for_listeners() -> None:
    with tempfile.TemporaryDirectory(prefix="yemae-stream-", ignore_cleanup_errors=True) as name:
        server = Server(
            _open_to_others(name),
            *("--workers", "1", "--load", SMALL_HALL),
            YEMAE_SHUTDOWN_GRACE_S="300",
        )
        await asyncio.to_thread(server.start)
        async with (
            httpx.AsyncClient(base_url=server.url, timeout=120) as client,
            client.stream("GET", "/v1/concerts/small-hall/queue/stream") as response,
        ):
            lines = response.aiter_lines()
            await anext(lines)
            # Which fails when it takes as long as the grace.
            stopping = asyncio.create_task(asyncio.to_thread(server.stop))
            async for _ in lines:
                pass
            await stopping


async def test_a_head_of_a_stream_ends(client: httpx.AsyncClient) -> None:
    """Otherwise the next request of the connection would wait for ever."""

    async def is_let_in() -> bool:
        return (await client.head(STREAM)).status_code == 200

    await until(is_let_in)
    for _ in range(4):
        assert await is_let_in()
    assert (await client.get(QUEUE)).status_code == 200


async def test_an_operator_s_message_leaves_the_stream_at_its_end(
    client: httpx.AsyncClient,
) -> None:
    token = Issuer(SECRET_KEY, 3_600).issue("op", "operator").text
    until = instant(datetime.now(UTC) + timedelta(seconds=3))
    async with listening(client) as response:
        changed = await client.patch(
            f"/v1/admin/concerts/{HALL}/queue",
            headers={"Authorization": f"Bearer {token}"},
            json={"message_en": "Back soon", "message_until": until},
        )
        assert changed.is_success, changed.text
        messages: list[object] = []
        async for event in events(response):
            messages.append(event.get("message"))
            if messages[-1] is None and any(messages):
                break
    assert {"ko": "", "en": "Back soon", "until": until} in messages
