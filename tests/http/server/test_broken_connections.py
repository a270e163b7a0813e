"""Connections to each store that are cut, reset, half-open or slow, at each step of a request: the
answer is the one that was committed, or 503 with Retry-After, and a repeat with the same key finds
out which.

They run on uvloop as the server does, because it has errors of its own for a broken connection.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal
from urllib.parse import unquote, urlsplit

import httpx
import pytest
import uvloop
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from helpers.concerts import concert
from helpers.http import Site, open_site, problem_of, until
from helpers.reconcile import assert_reconciled
from helpers.wire import Way, Wire, wire_to
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings

Store = Literal["Valkey", "PostgreSQL"]
Ask = Callable[[], Awaitable[httpx.Response]]
# A request makes fewer steps than this, whatever it needs.
STEPS_MAX = 60
DROPPED_MAX = 20
# Where each step takes a whole time-out, not every one is taken.
STRIDES: dict[Way, int] = {"half-open": 4, "delay": 2}
# What may pass until an answer: each store's own limit, and time for a slow machine.
LIMIT_S = 12.0


@contextmanager
def wired(settings: Settings, store: Store) -> Iterator[tuple[Settings, Wire]]:
    """Settings whose way to one store is a wire, and short limits."""
    short = settings.replace(postgres_transaction_timeout_s=1, valkey_timeout_s=1)
    if store == "Valkey":
        with wire_to(unquote(urlsplit(settings.stores.valkey_url).path)) as wire:
            url = f"valkey://127.0.0.1:{wire.port}"
            yield short.replace(valkey_url=url), wire
    else:
        named = conninfo_to_dict(settings.stores.database_url)
        with wire_to(f"{named['host']}/.s.PGSQL.{named['port']}") as wire:
            url = make_conninfo(
                settings.stores.database_url,
                host="127.0.0.1",
                port=wire.port,
                sslmode="disable",
                gssencmode="disable",
            )
            yield short.replace(database_url=url), wire


def is_fine(answer: httpx.Response) -> bool:
    """Whether it was carried out; otherwise it may have been, and says when to ask again."""
    if answer.status_code == 201:
        return True
    assert problem_of(answer, 503, "store-unavailable") == {}
    return False


async def ask_until_done(ask: Ask) -> dict[str, object]:
    """Repeat a request with its key until it is answered with what was done."""
    found: list[httpx.Response] = []

    async def is_done() -> bool:
        found.append(await ask())
        return is_fine(found[-1])

    await until(is_done)
    answer: dict[str, object] = found[-1].json()
    return answer


@pytest.mark.parametrize("connections", ["kept", "new"])
@pytest.mark.parametrize("way", ["cut", "reset", "half-open", "delay"])
@pytest.mark.parametrize("store", ["Valkey", "PostgreSQL"])
def test_a_broken_connection_turns_no_answer_into_a_false_one(
    settings: Settings, store: Store, way: Way, connections: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Only what a test asks for goes over the wire.
    monkeypatch.setattr("yemae.runtime.CATALOGUE_REFRESH_S", 60.0)
    monkeypatch.setattr("yemae.runtime.SNAPSHOT_S", 10.0)
    monkeypatch.setattr("yemae.sale.batches.BATCH_PATIENCE", 60.0)
    monkeypatch.setattr("yemae.jobs.seat_count.INTERVAL_MS", 60_000)
    with wired(settings, store) as (short, wire):
        uvloop.run(break_each_step(short, wire, way, drop=connections == "new"))


async def break_each_step(settings: Settings, wire: Wire, way: Way, *, drop: bool) -> None:
    """Hold and pay again and again, each time with the wire broken one step later."""
    hall = concert(seats=STEPS_MAX, active_limit=1_000)
    turns = 0
    async with open_site(settings, hall) as site:

        async def is_ready() -> bool:
            """Whether both stores answer again; the probes say it up to a second later."""
            try:
                await site.runtime.valkey.try_to_write()
                async with site.runtime.postgres.transaction() as tx:
                    await tx.fetch(b"select 1")
            except StoreUnavailable:
                return False
            return True

        for step in range(1, STEPS_MAX, STRIDES.get(way, 1)):
            turns += 1
            await until(is_ready)
            (fan,) = await site.enter(f"fan-{step}")
            assert (await fan.top_up()).status_code == 201
            hold = partial(fan.hold, str(step), key="key")
            held_in_time = await break_one(wire, way, step, hold, drop=drop)
            order = await ask_until_done(hold)
            pay = partial(fan.pay, str(order["id"]), key="key")
            paid_in_time = await break_one(wire, way, step, pay, drop=drop)
            await ask_until_done(pay)
            if held_in_time and paid_in_time:
                break
        assert 2 < step < STEPS_MAX, "the wire was broken at no step, or at each"
        assert await paid_once(site) == turns
        await assert_reconciled(site.runtime)


async def break_one(wire: Wire, way: Way, step: int, ask: Ask, *, drop: bool) -> bool:
    """One request over a wire that breaks. Returns whether it was answered before the break."""
    wire.arm(way, step)
    if drop:
        wire.drop_all()
    # Of the connections that were dropped each may be noticed by a request of its own.
    for _ in range(DROPPED_MAX if drop else 1):
        started = time.monotonic()
        answer = await ask()
        took = time.monotonic() - started
        assert took < LIMIT_S, f"step {step} took {took:.1f} s"
        if wire.broke or is_fine(answer):
            break
    broke = wire.broke
    wire.mend()
    if is_fine(answer):
        again = await ask_until_done(ask)
        assert again["id"] == answer.json()["id"]
    return not broke


async def paid_once(site: Site) -> int:
    """How many fans have exactly one order, which is paid."""
    async with site.runtime.postgres.transaction() as tx:
        rows = await tx.fetch(
            b"select user_id from orders group by user_id"
            b" having count(*) = 1 and bool_and(status = 'paid')"
        )
    return len(rows)
