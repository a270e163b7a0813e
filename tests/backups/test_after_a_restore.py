"""What a restore means for fans whose tokens are newer than the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from backups.conftest import Source, sell
from helpers.command import yemae
from helpers.concerts import HALL
from helpers.fans import Fan
from helpers.pages import blocks, read
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.backups.books import BEGIN_QUEUES
from yemae.embedded.private_stores import PrivateStores
from yemae.refusals import EntryTokenExpired
from yemae.runtime import Runtime, open_runtime
from yemae.sale import admission
from yemae.settings import Settings


async def backed_up(source: Source) -> str:
    """The path of a new backup."""
    done = await asyncio.to_thread(yemae, "backup", "--to", str(source.backups), "--json")
    assert done.code == 0, done.err
    return str(done.json()["path"])


@asynccontextmanager
async def restored(settings: Settings, backup: str, target: Path) -> AsyncIterator[Runtime]:
    """A runtime on the restored database, with the empty Valkey that comes with it."""
    done = await asyncio.to_thread(yemae, "restore", backup, "--to", str(target))
    assert done.code == 0, done.err
    stores = PrivateStores(target, durable=False, shared_buffers_mb=32)
    urls = stores.start()
    try:
        there = settings.replace(database_url=stores.app_url, valkey_url=urls.valkey_url)
        async with open_runtime(there) as runtime:
            yield runtime
    finally:
        stores.stop()


async def tick(runtime: Runtime) -> None:
    await admission.admit(runtime, runtime.catalogue.concert(HALL))


async def test_the_place_of_a_lost_payment_comes_back_at_its_number_and_can_buy_again(
    source: Source, target: Path
) -> None:
    backup = await backed_up(source)
    async with open_runtime(source.settings) as runtime:
        late = Fan(runtime, "late")
        await late.enter()
        await late.top_up()
        await late.hold("2")
        await late.pay()
    assert late.token is not None
    async with restored(source.settings, backup, target) as runtime:
        await tick(runtime)
        again = Fan(runtime, "late")
        again.token = late.token
        standing = await again.poll()
        assert (standing.word, standing.number) == ("waiting", late.token.number)
        new = await Fan(runtime, "new").join()
        assert new.number > late.token.number
        await tick(runtime)
        assert (await again.poll()).word == "waiting"
        travel(runtime, 120)
        await again.poll()
        await tick(runtime)
        assert (await again.poll()).word == "admitted"
        # The first top-up with this key is not in the ledger any more.
        await again.top_up()
        await again.hold("2")
        await again.pay()
        await assert_reconciled(runtime)


async def test_a_pass_that_has_paid_before_the_backup_opens_nothing_afterwards(
    source: Source, target: Path
) -> None:
    async with open_runtime(source.settings) as runtime:
        early = Fan(runtime, "early")
        await early.enter()
        await early.top_up()
        await early.hold("3")
        await early.pay()
    backup = await backed_up(source)
    async with restored(source.settings, backup, target) as runtime:
        await tick(runtime)
        again = Fan(runtime, "early")
        again.entry = early.entry
        with pytest.raises(EntryTokenExpired):
            await again.check_entry()


@pytest.mark.parametrize("page", ["docs/backups.md", "docs/backups.ko.md"])
def test_the_page_has_the_statement_for_a_database_that_is_restored_by_other_tools(
    page: str,
) -> None:
    (shown,) = (block.text for block in blocks(read(page)) if block.language == "sql")
    assert shown.split() == f"{BEGIN_QUEUES.decode()};".split()


async def test_a_queue_that_began_after_the_backup_waits_for_its_places_too(
    source: Source, target: Path
) -> None:
    owner_url = PrivateStores(source.data_dir).urls.database_url
    with psycopg.connect(owner_url) as database:
        database.execute("update queue_generations set has_begun = false")
    backup = await backed_up(source)
    await sell(source.settings, "other", "4")
    async with restored(source.settings, backup, target) as runtime:
        fan = Fan(runtime, "new")
        await fan.join()
        for _ in range(2):
            await tick(runtime)
            assert (await fan.poll()).word == "waiting"
