"""A backup while some 200 orders a second are sold, and backups and restores on full disks."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from backups.conftest import Source
from helpers.command import Done, finish, start, yemae
from helpers.concerts import SEAT_PRICE, concert, load_concert
from helpers.fans import carried_out
from yemae.backups.manifest import read_backup
from yemae.orders.order import Order
from yemae.runtime import Runtime, open_runtime
from yemae.sale import hold, pay, top_up
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.decide_payments import Paid, PayRequest
from yemae.settings import Settings
from yemae.values.pass_key import PassKey
from yemae.wallet.decide import TopUpRequest

pytestmark = pytest.mark.deployment

BATCH = 20
BATCHES_A_SECOND = 10
SEATS = 20_000
WARM_UP = 400


async def sell_batch(runtime: Runtime, number: int) -> int:
    """One seat for each of a batch of fans, from the top-up to the ticket. Returns how many."""
    performance = runtime.catalogue.performance("big-1")
    passes = [PassKey("big", f"buyer-{number}-{fan}", fan + 1) for fan in range(BATCH)]
    await carried_out(
        top_up.top_up(runtime, [TopUpRequest(key.user_id, SEAT_PRICE, "top-up") for key in passes])
    )
    seats = [str(number * BATCH + fan + 1) for fan in range(BATCH)]
    wanted = [
        HoldRequest(key, performance.id, performance.key, (seat,), 4, "KRW")
        for key, seat in zip(passes, seats, strict=True)
    ]
    held = await carried_out(hold.hold(runtime, wanted))
    payments = [
        PayRequest(key, order.id)
        for key, order in zip(passes, held, strict=True)
        if isinstance(order, Order)
    ]
    paid = await carried_out(pay.pay(runtime, payments))
    return sum(isinstance(answer, Paid) for answer in paid)


async def sell_on(runtime: Runtime, sold: list[datetime], stop: asyncio.Event) -> None:
    """Sell at a steady rate; `sold` gets the moment after each commit, for each order."""
    loop = asyncio.get_running_loop()
    for number in count():
        assert (number + 1) * BATCH <= SEATS, "the hall is sold out"
        next_at = loop.time() + 1 / BATCHES_A_SECOND
        paid = await sell_batch(runtime, number)
        sold += [datetime.now(UTC)] * paid
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), next_at - loop.time())
        if stop.is_set():
            return


async def back_up_while_selling(settings: Settings, backups: Path) -> tuple[Done, list[datetime]]:
    await load_concert(settings, concert(concert_id="big", seats=SEATS))
    sold: list[datetime] = []
    stop = asyncio.Event()
    async with open_runtime(settings) as runtime, asyncio.TaskGroup() as group:
        group.create_task(sell_on(runtime, sold, stop))
        while len(sold) < WARM_UP:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 0.05)
        process = start("backup", "--to", str(backups), "--verify", "--json")
        done = await asyncio.to_thread(finish, process)
        stop.set()
    return done, sold


def test_a_backup_of_a_busy_sale_is_whole_and_its_books_add_up(
    source: Source, tmp_path: Path
) -> None:
    done, sold = asyncio.run(back_up_while_selling(source.settings, source.backups))
    assert done.code == 0, done.err + done.out
    manifest = read_backup(Path(done.json()["path"])).manifest
    assert done.json()["verified_at"] is not None
    meanwhile = sum(manifest.began_at <= at <= manifest.ended_at for at in sold)
    seconds = (manifest.ended_at - manifest.began_at).total_seconds()
    sys.stderr.write(f"\n{meanwhile} orders were sold in the {seconds:.1f} s of the backup\n")
    assert meanwhile > 0
    tmp_path.chmod(0o711)
    path = done.json()["path"]
    restored = yemae("restore", path, "--to", str(tmp_path / "restored"), "--json")
    found = restored.json()["counts"]["orders"]
    before = sum(at < manifest.began_at for at in sold)
    assert before <= found <= len(sold) + 10


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of this size; root only."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=711", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this user or container may mount no disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("size", ["256k", "3m"])
def test_a_full_disk_gets_no_backup(tmp_path: Path, size: str) -> None:
    with small_disk(tmp_path / "disk", size) as disk:
        done = yemae("backup", "--to", str(disk / "backups"))
        assert (done.code, done.out) == (1, "")
        assert "is full." in done.err
        assert done.err.count("\n") == 1
        assert list((disk / "backups").iterdir()) == []


@pytest.mark.parametrize("size", ["10m", "45m"])
def test_a_full_disk_gets_no_data_folder(kept_backup: Path, tmp_path: Path, size: str) -> None:
    tmp_path.chmod(0o711)
    with small_disk(tmp_path / "disk", size) as disk:
        done = yemae("restore", str(kept_backup), "--to", str(disk / "data"))
        assert (done.code, done.out) == (1, "")
        assert done.err.count("\n") == 1
        assert list(disk.iterdir()) == []
