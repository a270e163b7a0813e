"""Availability over HTTP: the gates, the bitmap, its tag, and the stream of changes."""

import asyncio
import base64
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from helpers.concerts import FIRST, HALL, TEXT, concert, load_concert
from helpers.contract import DOCUMENT, validator
from helpers.http import Site, Visitor, open_site, problem_of, until
from helpers.server import SECRET_KEY, Server
from yemae.accounts.access import Issuer
from yemae.concerts.seat_map import availability
from yemae.concerts.seat_map import watch as watches
from yemae.http.server.sse import HEARTBEAT
from yemae.settings import Settings

PATH = f"/v1/performances/{FIRST}/availability"
STREAM = f"{PATH}/stream"
SEATS = 20


def positions(body: dict[str, Any]) -> set[int]:
    """The seats whose bit is set."""
    bitmap = base64.b64decode(body["taken"])
    return {i for i in range(8 * len(bitmap)) if bitmap[i >> 3] >> (i & 7) & 1}


async def test_the_bitmap_has_a_bit_for_each_seat_that_is_taken(
    site: Site, inside: Visitor
) -> None:
    empty = (await inside.get(PATH)).json()
    assert positions(empty) == set()
    await inside.held("2", "9")

    async def shown() -> bool:
        return bool((await inside.get(PATH)).json()["version"] > empty["version"])

    await until(shown)
    full = (await inside.get(PATH)).json()
    plan = (await site.get(f"/v1/performances/{FIRST}/plan")).json()
    assert {plan["seats"]["number"][i] for i in positions(full)} == {"2", "9"}
    dates = (await inside.get(f"/v1/concerts/{HALL}/performances")).json()["performances"]
    assert full["plan"] == dates[0]["plan"]


async def test_a_bitmap_that_is_known_is_not_sent_again(inside: Visitor) -> None:
    first = await inside.get(PATH)
    known = {"If-None-Match": first.headers["etag"]}
    again = await inside.get(PATH, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    # It is for admitted fans, so no cache on the way keeps it for others.
    for answer in (first, again):
        assert answer.headers["cache-control"] == "private, no-cache"
    await inside.held("1")

    async def sent() -> bool:
        return (await inside.get(PATH, headers=known)).status_code == 200

    await until(sent)


@pytest.mark.parametrize("path", [PATH, STREAM])
async def test_the_gates_come_first(site: Site, visitor: Visitor, path: str) -> None:
    problem_of(await site.get(path), 401, "unauthenticated")
    problem_of(await visitor.get(f"{path}?since=x"), 403, "entry-token-missing")


async def test_a_performance_that_does_not_exist_is_not_found(inside: Visitor) -> None:
    for path in ("/v1/performances/nowhere/availability", "/v1/performances/0/availability/stream"):
        problem_of(await inside.get(path), 404, "performance-not-found")


async def test_a_version_is_one_bitmap_whenever_it_is_asked_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client with another answer under a version would miss the changes that follow."""
    monkeypatch.setattr(availability, "TICK_S", 10.0)
    async with open_site(settings) as site:
        (fan,) = await site.enter("fan")
        before = await fan.get(PATH)
        await fan.held("1")
        watch = await site.runtime.availability.watch(site.runtime.catalogue.performance(FIRST))
        watch.made.clear()
        again = await fan.get(PATH, headers={"If-None-Match": before.headers["etag"]})
        assert again.status_code == 304
        assert (await fan.get(PATH)).json() == before.json()
        watch.wake(has_news=watch.taken.turn(site.runtime.availability.now_s()))
        after = await fan.get(PATH, headers={"If-None-Match": before.headers["etag"]})
        assert positions(after.json()) == {0}
        assert after.json()["version"] > before.json()["version"]


async def test_the_tag_is_of_the_plan_too(settings: Settings) -> None:
    async with open_site(settings) as site:
        (fan,) = await site.enter("fan")
        before = await fan.get(PATH)
        known = {"If-None-Match": before.headers["etag"]}
        # As many bytes as before, and all seats are free.
        await load_concert(settings, concert(seats=12))
        await site.runtime.catalogue.refresh()
        watch = await site.runtime.availability.watch(site.runtime.catalogue.performance(FIRST))
        watch.miss()

        async def sent() -> bool:
            return (await fan.get(PATH, headers=known)).status_code == 200

        await until(sent)
        after = await fan.get(PATH)
        assert after.json()["taken"] == before.json()["taken"]
        assert after.json()["plan"] != before.json()["plan"]


async def test_a_stream_ends_at_its_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watches, "IDLE_BEAT_S", 0.05)
    monkeypatch.setattr("yemae.http.server.sse.LIFETIME_S", 1.0)
    monkeypatch.setattr(availability, "TICK_S", 0.05)
    async with open_site(settings) as site:
        (fan,) = await site.enter("fan")
        answer = await asyncio.wait_for(fan.get(STREAM), 60)
        assert answer.text.removeprefix(HEARTBEAT.decode()).startswith("event: reset\ndata: {")
        assert re.search(r"retry: [1-5]\d\d\d\n\n$", answer.text)
        assert site.runtime.streams["seat map streams"] == 0


async def test_a_stream_ends_when_there_is_another_plan(settings: Settings) -> None:
    async with open_site(settings) as site:
        (fan,) = await site.enter("fan")
        following = asyncio.create_task(fan.get(STREAM))

        async def follows() -> bool:
            return site.runtime.streams["seat map streams"] == 1

        await until(follows)
        watch = await site.runtime.availability.watch(site.runtime.catalogue.performance(FIRST))
        await load_concert(settings, concert(seats=12))
        watch.miss()
        assert (await asyncio.wait_for(following, 60)).status_code == 200


@pytest.mark.parametrize("since", ["", "-1", "x", "1.5", "9" * 17, "٣"])
async def test_a_version_that_cannot_be_one_is_refused(inside: Visitor, since: str) -> None:
    answer = await inside.get(STREAM, params={"since": since})
    assert problem_of(answer, 422, "invalid-request")["errors"][0]["field"] == "since"


# --- The stream, from a running server, because only there a client listens -------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One process."""
    with tempfile.TemporaryDirectory(prefix="yemae-seats-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        file = folder / "hall.toml"
        limits = {"active_limit": 99, "admit_per_minute": 60_000, "entry_ttl_s": 600}
        file.write_text(
            TEXT.format(concert_id=HALL, seats=SEATS, seat_limit=4, absent_after_s=600, **limits)
        )
        options = ("--workers", "1", "--load", str(file))
        server = Server(folder, *options).traced()
        server.start()
        try:
            yield server
        finally:
            server.stop()
            complaint = server.complaint()
            assert "fault" not in complaint, complaint


@pytest.fixture
async def fan(server: Server, request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """A fan who is inside."""
    token = Issuer(SECRET_KEY, 3_600).issue(f"fan-{abs(hash(request.node.name))}").text
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=server.url, timeout=20, headers=headers) as client:
        place = (await client.post(f"/v1/concerts/{HALL}/queue-tokens")).json()
        client.headers["Queue-Token"] = place["queue_token"]

        async def admitted() -> bool:
            place = (await client.get("/v1/queue-tokens/me")).json()
            client.headers["Entry-Token"] = place.get("entry_token", "")
            return bool(place["state"] == "admitted")

        await until(admitted)
        yield client


async def events(response: httpx.Response) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """The name and the data of each event."""
    name = ""
    async for text in response.aiter_lines():
        if text.startswith("event: "):
            name = text.removeprefix("event: ")
        elif text.startswith("data: "):
            data = msgspec.json.decode(text.removeprefix("data: "))
            if name == "reset":
                shown = DOCUMENT["paths"]["/v1/performances/{performance_id}/availability"]["get"]
                content = shown["responses"]["200"]["content"]["application/json"]
                validator(content["schema"]).validate(data)
            yield name, data


@asynccontextmanager
async def following(fan: httpx.AsyncClient, query: str = "") -> AsyncIterator[httpx.Response]:
    """A stream, as soon as those of the tests before have been let go."""
    async with asyncio.timeout(60):
        while True:
            async with fan.stream("GET", STREAM + query) as response:
                if response.status_code == 200:
                    yield response
                    return


async def hold(fan: httpx.AsyncClient, *seats: str) -> str:
    held = await fan.post("/v1/orders", json={"performance_id": FIRST, "seats": list(seats)})
    assert held.status_code == 201, held.text
    return str(held.json()["id"])


async def test_a_stream_begins_with_everything_and_goes_on_with_each_change(
    fan: httpx.AsyncClient,
) -> None:
    async with following(fan) as response:
        assert response.headers["content-type"] == "text/event-stream"
        heard = events(response)
        name, first = await anext(heard)
        assert name == "reset"
        shown, version = positions(first), first["version"]
        order = await hold(fan, "5", "6")
        # What the test before has given back may come as well.
        while not {4, 5} <= shown:
            version = follow(await anext(heard), shown, version)
        assert (await fan.delete(f"/v1/orders/{order}")).status_code == 200
        while {4, 5} & shown:
            version = follow(await anext(heard), shown, version)
    assert not {4, 5} & positions((await fan.get(PATH)).json())


def follow(event: tuple[str, dict[str, Any]], shown: set[int], version: int) -> int:
    """Change what is shown by an event, which has to be a change of it; returns its version."""
    name, change = event
    assert name == "seats"
    assert change["version"] > version
    assert shown.isdisjoint(change["taken"])
    assert shown >= set(change["freed"])
    shown |= set(change["taken"])
    shown -= set(change["freed"])
    return int(change["version"])


async def test_a_stream_goes_on_from_the_version_that_one_has(fan: httpx.AsyncClient) -> None:
    version = (await fan.get(PATH)).json()["version"]
    order = await hold(fan, "11")

    async def shown() -> bool:
        return 10 in positions((await fan.get(PATH)).json())

    await until(shown)
    async with following(fan, f"?since={version}") as response:
        name, change = await anext(events(response))
        assert name == "seats"
        assert 10 in change["taken"]
    async with following(fan, f"?since={version + 1}") as response:
        name, _ = await anext(events(response))
        assert name == "reset"
    assert (await fan.delete(f"/v1/orders/{order}")).status_code == 200
