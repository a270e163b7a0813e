"""A store is away: 503 for what needs it, everything else goes on, and no fan loses anything."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from helpers.concerts import FIRST, HALL, SECOND
from helpers.http import Site, Visitor, open_site, problem_of, until
from helpers.reconcile import assert_reconciled
from yemae.back_office import queue_control
from yemae.embedded.private_stores import PrivateStores
from yemae.jobs import sweep
from yemae.schema import migrate
from yemae.settings import Settings

WHO = {"name": "김예매", "email": "fan@example.com", "password": "correct horse"}
SESSION = {"email": WHO["email"], "password": WHO["password"]}


@pytest.fixture(scope="module")
def own_stores() -> Iterator[PrivateStores]:
    """A pair of stores that only this module's tests use, and may kill."""
    with tempfile.TemporaryDirectory(prefix="yemae-away-", ignore_cleanup_errors=True) as folder:
        private = PrivateStores(Path(folder), durable=False, shared_buffers_mb=32)
        urls = private.start()
        migrate.upgrade(urls.database_url)
        yield private
        private.stop()


@pytest.fixture
async def site(own_stores: PrivateStores, tmp_path: Path) -> AsyncIterator[Site]:
    """The application on stores that can be taken away from it."""
    settings = Settings().replace(
        database_url=own_stores.urls.database_url,
        valkey_url=own_stores.urls.valkey_url,
        secret_key="s" * 32,
        data_dir=tmp_path,
        log_level="error",
        postgres_transaction_timeout_s=12,
    )
    async with open_site(settings, postgres_transaction_timeout_s=12) as opened:
        # A tick recovers the queue that the Valkey of an earlier test lost.
        await opened.admit()
        yield opened


@asynccontextmanager
async def away(stores: PrivateStores, name: str, site: Site) -> AsyncIterator[None]:
    """Kill a store; start it again at the end. The site has noticed both: its health is from
    memory, up to a second old."""
    os.kill(stores.pids[name], signal.SIGKILL)

    async def is_dead() -> bool:
        return name not in stores.pids

    async def is_back() -> bool:
        stores.check()
        return (await site.get("/healthz")).status_code == 200

    async def is_noticed() -> bool:
        return (await site.get("/healthz")).status_code == 503

    await until(is_dead)
    await until(is_noticed)
    yield
    await until(is_back, deadline_s=120)


async def is_known(site: Site, states: dict[str, str]) -> None:
    """Both probes know of it: the stores are not well, and this process serves what it can."""

    async def is_so() -> bool:
        health = await site.get("/healthz")
        return health.status_code == 503 and health.json() == {"status": "degraded", **states}

    await until(is_so)
    ready = await site.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", **states})


async def all_unavailable(*asking: Awaitable[httpx.Response]) -> None:
    for answer in await asyncio.gather(*asking):
        assert problem_of(answer, 503, "store-unavailable") == {}
        assert 1 <= int(answer.headers["retry-after"]) <= 60


async def all_fine(*asking: Awaitable[httpx.Response]) -> None:
    for answer in await asyncio.gather(*asking):
        assert answer.is_success, answer.text


LOCAL = {"Host": "localhost"}


def sign(site: Site, path: str, body: dict[str, str]) -> Awaitable[httpx.Response]:
    return site.ask("POST", path, json=body)


async def test_without_valkey_no_fan_is_admitted_and_admitted_fans_can_buy(
    site: Site, own_stores: PrivateStores
) -> None:
    (fan,) = await site.enter("inside-1")
    waiting = site.visitor("waiting-1")
    await waiting.join()
    async with away(own_stores, "Valkey", site):
        await is_known(site, {"postgres": "ok", "valkey": "away"})
        shown = (await site.get("/metrics", headers=LOCAL)).text
        assert 'yemae_store_state{state="away",store="valkey"} 1.0' in shown
        assert 'yemae_store_state{state="ok",store="valkey"} 0.0' in shown
        assert 'yemae_store_state{state="ok",store="postgres"} 1.0' in shown
        await all_unavailable(
            waiting.get("/v1/queue-tokens/me"),
            waiting.ask("DELETE", "/v1/queue-tokens/me"),
            site.visitor("newcomer").post(f"/v1/concerts/{HALL}/queue-tokens"),
        )
        await buys_a_seat(fan)
        await all_fine(
            site.get("/livez"),
            site.get("/metrics", headers=LOCAL),
            site.get("/v1/concerts"),
            sign(site, "/v1/users", WHO),
        )
        await all_fine(sign(site, "/v1/sessions", SESSION))
        wrong = await sign(site, "/v1/sessions", SESSION | {"password": "wrong"})
        problem_of(wrong, 401, "wrong-credentials")
    assert (await waiting.get("/v1/queue-tokens/me")).json()["position"] == 1
    # Valkey has not heard of the payment, but PostgreSQL has; the next sweep tells it.
    problem_of(await fan.hold("2"), 403, "entry-token-expired")
    minute = site.runtime.now().replace(second=0, microsecond=0)
    assert await sweep.sweep(site.runtime, minute + timedelta(minutes=1)) is not None
    problem_of(await fan.get(f"/v1/performances/{FIRST}/seats"), 403, "entry-token-expired")
    problem_of(await fan.get("/v1/queue-tokens/me"), 410, "queue-token-expired")
    await assert_reconciled(site.runtime)


async def buys_a_seat(fan: Visitor) -> None:
    """A fan inside looks, holds and pays; the payment ends the pass although Valkey is away."""
    await all_fine(
        fan.get(f"/v1/concerts/{HALL}/performances"),
        fan.get(f"/v1/performances/{FIRST}/seats"),
        fan.top_up(),
    )
    order_id = await fan.held("1")
    paid = await fan.pay(order_id, key="p")
    assert paid.status_code == 201
    for refused in (await fan.hold("2"), await fan.get(f"/v1/performances/{FIRST}/seats")):
        problem_of(refused, 403, "entry-token-expired")
    assert (await fan.pay(order_id, key="p")).json() == paid.json()


async def test_without_postgresql_the_line_goes_on_and_no_money_moves(
    site: Site, own_stores: PrivateStores
) -> None:
    fan, joiner = (await site.enter("inside-2"))[0], site.visitor("joiner-2")
    await fan.top_up(200_000)
    order_id = await fan.held("5")
    before = await site.contents()
    async with away(own_stores, "PostgreSQL", site):
        await is_known(site, {"postgres": "away", "valkey": "ok"})
        await all_unavailable(
            *(fan.get(path) for path in ("/v1/me", "/v1/wallet", "/v1/orders")),
            fan.get("/v1/wallet/transfers"),
            fan.get(f"/v1/orders/{order_id}"),
            fan.get(f"/v1/concerts/{HALL}/performances"),
            fan.get(f"/v1/performances/{FIRST}/seats"),
            fan.top_up(key="again"),
            fan.hold("6", key="again"),
            fan.pay(order_id, key="again"),
            fan.ask("DELETE", f"/v1/orders/{order_id}"),
            sign(site, "/v1/users", WHO | {"email": "second@example.com"}),
            sign(site, "/v1/sessions", SESSION),
        )
        await joiner.join()
        await site.admit()
        assert await joiner.poll() == "admitted"
        await all_fine(
            site.get("/livez"),
            site.get("/metrics", headers=LOCAL),
            site.get("/v1/concerts"),
            site.get(f"/v1/concerts/{HALL}/queue"),
        )
    assert await site.contents() == before
    assert (await fan.top_up(7, key="again")).json()["balance"] == 200_007
    assert (await fan.hold("6", key="again")).status_code == 201
    assert (await fan.pay(order_id, key="again")).json()["balance_after"] == 150_007
    await assert_reconciled(site.runtime)


async def test_a_revoked_pass_buys_nothing_while_valkey_is_away(
    site: Site, own_stores: PrivateStores
) -> None:
    fan, other = await site.enter("revoked-1", "honest-1")
    await fan.top_up()
    order_id = await fan.held("8", performance=SECOND)
    assert await queue_control.revoke(site.runtime, HALL, "op", "revoked-1")
    async with away(own_stores, "Valkey", site):
        refused = await fan.hold("9", performance=SECOND)
        problem_of(refused, 403, "entry-token-expired")
        problem_of(await fan.pay(order_id), 403, "entry-token-expired")
        problem_of(await fan.pay(order_id, key="k"), 403, "entry-token-expired")
        assert (await other.hold("9", performance=SECOND)).status_code == 201
    seats = f"/v1/performances/{SECOND}/seats"
    problem_of(await fan.get(seats), 403, "entry-token-expired")
    assert (await other.get(seats)).status_code == 200
    await assert_reconciled(site.runtime)
