"""Two servers on one pair of stores act as one: each knows what the other has done."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from helpers.concerts import FIRST, HALL, TEXT
from helpers.http import until
from helpers.server import SECRET_KEY, Server
from kill.crowd import Crowd, assert_kept
from yemae.accounts.access import Issuer
from yemae.jobs import sweep
from yemae.runtime import Runtime, open_runtime
from yemae.settings import Settings

PLACE = "/v1/queue-tokens/me"
LIMIT = 8
CONCERT = TEXT.format(
    concert_id=HALL,
    seats=200,
    seat_limit=4,
    active_limit=LIMIT,
    admit_per_minute=60_000,
    entry_ttl_s=600,
    absent_after_s=45,
)


@pytest.fixture
def servers(database_url: str, valkey_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers that were given the same stores."""
    concert = tmp_path / "hall.toml"
    concert.write_text(CONCERT)
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        options = ("--workers", "1", "--load", str(concert))
        stores = {"YEMAE_DATABASE_URL": database_url, "YEMAE_VALKEY_URL": valkey_url}
        made.append(Server(tmp_path / name, *options, **stores))
    try:
        for server in made:
            server.start()
        yield made
    finally:
        for server in made:
            server.stop()


@pytest.fixture
async def clients(servers: list[Server]) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A client of each."""
    one, other = (httpx.AsyncClient(base_url=server.url, timeout=60) for server in servers)
    async with one, other:
        yield [one, other]


def bearer(user_id: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {Issuer(SECRET_KEY, 3_600).issue(user_id).text}"}


async def join(client: httpx.AsyncClient, tokens: dict[str, str]) -> Any:
    answer = await client.post(f"/v1/concerts/{HALL}/queue-tokens", headers=tokens)
    tokens["Queue-Token"] = answer.json()["queue_token"]
    return answer


async def wait_for_entry(client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
    async def is_in() -> bool:
        place = (await client.get(PLACE, headers=tokens)).json()
        tokens["Entry-Token"] = place.get("entry_token", "")
        return bool(place["state"] == "admitted")

    await until(is_in)


async def test_a_purchase_may_change_servers_at_every_step(
    servers: list[Server], clients: list[httpx.AsyncClient]
) -> None:
    one, other = clients
    tokens = bearer("fan")
    assert (await join(one, tokens)).status_code == 201
    assert (await join(other, tokens)).status_code == 200
    await wait_for_entry(other, tokens)
    credited = [
        await client.post(
            "/v1/wallet/top-ups",
            headers={**tokens, "Idempotency-Key": "k"},
            json={"amount": 60_000},
        )
        for client in clients
    ]
    assert credited[0].json() == credited[1].json()
    body = {"performance_id": FIRST, "seats": ["7"]}
    held = (await one.post("/v1/orders", headers=tokens, json=body)).json()

    async def gone() -> bool:
        listed = await other.get(f"/v1/performances/{FIRST}/seats", headers=tokens)
        return "7" not in [seat["number"] for seat in listed.json()["seats"]]

    await until(gone)
    taken = await other.post("/v1/orders", headers=tokens, json=body)
    assert (taken.status_code, taken.json()["seats"]) == (409, ["7"])
    paid = await other.post(f"/v1/orders/{held['id']}/payment", headers=tokens)
    assert paid.json()["balance_after"] == 10_000
    for client in clients:
        ended = await client.post("/v1/orders", headers=tokens, json=body)
        assert ended.json()["type"] == "/problems/entry-token-expired"
        shown = await client.get(f"/v1/orders/{held['id']}", headers=tokens)
        assert shown.json()["status"] == "paid"
    assert not any((server.folder / "data").exists() for server in servers)


async def test_the_limits_hold_over_both(
    servers: list[Server], clients: list[httpx.AsyncClient]
) -> None:
    crowd = [bearer(f"fan-{number}") for number in range(3 * LIMIT)]
    await asyncio.gather(*(join(clients[n % 2], tokens) for n, tokens in enumerate(crowd)))

    async def states(client: httpx.AsyncClient) -> Counter[str]:
        places = await asyncio.gather(*(client.get(PLACE, headers=tokens) for tokens in crowd))
        return Counter(place.json()["state"] for place in places)

    async def is_full() -> bool:
        return (await states(clients[0]))["admitted"] >= LIMIT

    await until(is_full)
    # Both servers' ticks come by many times meanwhile; not one more fan may come in.
    buying = [Crowd(server.url, f"crowd-{server.port}", fans=1, rounds=1) for server in servers]
    runs = [asyncio.create_task(crowd.run()) for crowd in buying]
    for client in clients * 4:
        assert await states(client) == {"admitted": LIMIT, "waiting": 2 * LIMIT}
    for tokens in crowd:
        await clients[1].delete(PLACE, headers=tokens)
    await asyncio.gather(*runs)
    await assert_kept(servers[0], buying[0])


async def test_a_crowd_that_buys_at_both_gets_every_seat_once(servers: list[Server]) -> None:
    crowds = [Crowd(server.url, f"crowd-{server.port}", fans=10) for server in servers]
    await asyncio.gather(*(crowd.run() for crowd in crowds))
    for crowd in crowds:
        await assert_kept(servers[0], crowd)


async def test_one_minute_is_swept_by_one_of_them(runtime: Runtime, settings: Settings) -> None:
    minute = datetime.now(UTC).replace(second=0, microsecond=0)
    async with open_runtime(settings) as other:
        swept = await asyncio.gather(
            *(sweep.sweep(one, minute) for one in (runtime, other, runtime, other))
        )
        assert len([run for run in swept if run is not None]) == 1
        assert await sweep.sweep(other, minute) is None
    async with runtime.postgres.transaction() as tx:
        rows = await tx.fetch(b"select finished_at is not null as finished from scheduler_runs")
    assert [row.finished for row in rows] == [True]
