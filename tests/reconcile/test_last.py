"""The reconcile that the jobs process makes beside a sale: its turn, its result, and its end."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import LiteralString

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from structlog.testing import capture_logs

from helpers.time_travel import travel
from races.interleaving import execute
from reconcile.conftest import Sale
from yemae.embedded.postgres_server import NAME
from yemae.jobs.check_books import check_books
from yemae.reconcile import last
from yemae.reconcile.books import LAWS, check_law
from yemae.reconcile.last import NEVER, LastReconcile
from yemae.reconcile.report import Check
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.store.postgres import Transaction

# No refund has what it took.
LOST_DISPUTE = """
insert into disputes (id, checkout_id, order_id, reference, amount, state, closed_at)
select gen_random_uuid(), id, order_id, 'dp_1', amount, 'lost', now() from checkouts"""


async def known(runtime: Runtime) -> LastReconcile:
    async with runtime.postgres.transaction() as tx:
        return await last.read(tx)


async def wanted(runtime: Runtime) -> None:
    async with runtime.postgres.transaction() as tx:
        await last.want(tx)


async def checked(runtime: Runtime, node: str) -> list[Check] | None:
    return await last.check_when_due(runtime.settings, runtime.postgres, node)


async def test_every_law_of_the_database_is_checked_and_what_was_found_is_kept(sale: Sale) -> None:
    runtime = sale.runtime
    assert await known(runtime) == NEVER
    checks = await checked(runtime, "node-1")
    assert checks is not None
    assert [each.name for each in checks] == list(LAWS)
    found = await known(runtime)
    assert (found.holds, found.checked_by, found.is_running) == (True, "node-1", False)
    assert found.checked_at is not None
    assert found.took_ms is not None
    assert {each.name: each.looked_at for each in found.facts()} == {
        each.name: each.looked_at for each in checks
    }
    assert all(each.says_ko for each in found.facts())


async def test_a_law_that_is_violated_is_in_the_result_and_in_the_log(sale: Sale) -> None:
    runtime = sale.runtime
    await execute(runtime.settings.stores.database_url, "update orders set total = total + 1")
    with capture_logs() as lines:
        assert await check_books(runtime) > 0
    (line,) = [each for each in lines if each["log_level"] == "error"]
    assert "total_is_sum_of_prices" in line["laws"]
    found = await known(runtime)
    assert found.holds is False
    broken = {each.name: each.violations for each in found.facts() if each.violations}
    assert broken["total_is_sum_of_prices"] == 2


async def test_one_node_has_the_turn_until_it_is_due_again_or_asked_for(sale: Sale) -> None:
    runtime = sale.runtime
    turns = await asyncio.gather(*(checked(runtime, f"node-{each}") for each in range(3)))
    assert len([each for each in turns if each is not None]) == 1
    assert await checked(runtime, "late") is None
    # Asked for within a minute of the last one: it waits.
    await wanted(runtime)
    assert await checked(runtime, "asked") is None
    assert (await known(runtime)).is_wanted
    travel(runtime, last.AGAIN_S + 1)
    assert await checked(runtime, "asked") is not None
    found = await known(runtime)
    assert (found.checked_by, found.is_wanted) == ("asked", False)
    travel(runtime, last.EVERY_S + 1)
    assert await checked(runtime, "by the clock") is not None


async def test_an_operator_may_ask_before_the_first_check(sale: Sale) -> None:
    await wanted(sale.runtime)
    found = await known(sale.runtime)
    assert (found.is_wanted, found.holds, found.is_running) == (True, None, False)
    assert await checked(sale.runtime, "node-1") is not None


async def test_a_check_that_does_not_end_is_kept_as_not_known(
    sale: Sale, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last, "PATIENCE_S", 0.0)
    with capture_logs() as lines:
        assert await checked(sale.runtime, "node-1") == []
    assert "the check of the books did not end" in [each["event"] for each in lines]
    found = await known(sale.runtime)
    assert (found.holds, found.checked_by, found.facts()) == (None, "node-1", [])


@asynccontextmanager
async def locked(runtime: Runtime, table: LiteralString) -> AsyncIterator[None]:
    """A table that no statement can read, as if that took very long."""
    url = make_conninfo(runtime.settings.stores.database_url, user=NAME)
    async with await psycopg.AsyncConnection.connect(url) as connection:
        await connection.execute(f"lock table {table} in access exclusive mode")
        yield


async def test_a_law_that_does_not_end_leaves_the_others_and_what_was_known_of_it(
    sale: Sale, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only one law reads disputes."""
    runtime, slow = sale.runtime, "lost_dispute_is_booked"
    # It waits a second for a lock.
    hasty = runtime.settings.replace(postgres_transaction_timeout_s=4)
    monkeypatch.setattr(last, "PAUSE", 0.0)
    async with locked(runtime, "disputes"):
        with capture_logs() as lines:
            checks = await last.check_when_due(hasty, runtime.postgres, "node-1")
        assert [each["law"] for each in lines if "law" in each] == [slow]
    assert [each.name for each in checks or ()] == [name for name in LAWS if name != slow]
    found = await known(runtime)
    assert (found.holds, len(found.facts())) == (None, len(LAWS) - 1)
    # What the next check finds of it stays while a later one does not get there.
    travel(runtime, last.EVERY_S + 1)
    await execute(runtime.settings.stores.database_url, LOST_DISPUTE)
    assert slow in [each.name for each in await checked(runtime, "node-1") or () if each.violations]
    travel(runtime, last.EVERY_S + 1)
    async with locked(runtime, "disputes"):
        await last.check_when_due(hasty, runtime.postgres, "node-1")
    found = await known(runtime)
    broken = {each.name for each in found.facts() if each.violations}
    assert (found.holds, slow in broken, len(found.facts())) == (False, True, len(LAWS))


async def test_an_operator_takes_the_turn_of_a_check_that_has_died(
    sale: Sale, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = sale.runtime

    async def dies(*_: object) -> list[Check]:
        raise ConnectionAbortedError

    monkeypatch.setattr(last, "_check", dies)
    with pytest.raises(ConnectionAbortedError):
        await last.check_when_due(runtime.settings, runtime.postgres, "node-1")
    monkeypatch.undo()
    await wanted(runtime)
    travel(runtime, last.LEASE_S - 10)
    assert await checked(runtime, "node-2") is None
    assert (await known(runtime)).is_running
    travel(runtime, 20)
    assert not (await known(runtime)).is_running
    assert await checked(runtime, "node-2")


async def test_a_long_check_that_goes_on_keeps_its_turn(
    sale: Sale, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows itself after each law."""
    runtime, others = sale.runtime, list[object]()
    real = check_law

    async def long(tx: Transaction, name: str, looked_at: Mapping[str, int]) -> Check:
        if name in list(LAWS)[1:4]:
            travel(runtime, last.LEASE_S - 10)
            await wanted(runtime)
            others.append(await checked(runtime, "node-2"))
        return await real(tx, name, looked_at)

    monkeypatch.setattr(last, "check_law", long)
    monkeypatch.setattr(last, "PAUSE", 0.0)
    assert await checked(runtime, "node-1")
    assert others == [None, None, None]


async def test_a_process_that_lost_its_turn_writes_nothing(
    sale: Sale, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = sale.runtime

    async def slow(*_: object) -> list[Check]:
        assert (await known(runtime)).is_running
        travel(runtime, last.EVERY_S + 1)
        monkeypatch.undo()
        assert await checked(runtime, "node-2") is not None
        return []

    monkeypatch.setattr(last, "_check", slow)
    await checked(runtime, "node-1")
    found = await known(runtime)
    assert (found.checked_by, len(found.facts())) == ("node-2", len(LAWS))


async def test_without_the_database_there_is_no_check(
    sale: Sale, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(last, "check_when_due", away)
    assert await check_books(sale.runtime) == 0


async def test_laws_of_another_version_are_left_out() -> None:
    kept = {"a_law_of_before": {"looked_at": 1, "violations": 0}}
    found = NEVER._replace(laws=kept)
    assert (found.holds, found.facts()) == (None, [])
