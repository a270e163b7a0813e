"""Point-in-time restore of an external PostgreSQL with Barman, as deploy/barman/ ships it."""

import asyncio
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from helpers.concerts import FIRST, load_concert
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.serving import until
from yemae.door import check
from yemae.embedded.data_folder import run_folder
from yemae.embedded.postgres_server import BINARIES
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.orders.ticket_code import Ticket
from yemae.refusals import Refusal
from yemae.runtime import open_runtime
from yemae.schema.migrate import upgrade
from yemae.settings import Settings

pytestmark = pytest.mark.deployment

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "barman"
INSTALLED = ROOT / ".make" / "barman"
# Debian 12 has 3.4, which does not know PostgreSQL 18. The driver comes built.
PACKAGES = ("barman==3.19.1", "python-dateutil==2.9.0.post0", "six==1.17.0", "psycopg2-binary")
COMMAND_S = 300


@pytest.fixture(scope="module")
def barman_program() -> Path:
    """Barman from its package, in an environment of its own."""
    program = INSTALLED / "bin" / "barman"
    if not program.exists():
        venv.create(INSTALLED, with_pip=True, clear=True)
        pip = [str(INSTALLED / "bin" / "pip"), "install", "-q", "--no-deps", *PACKAGES]
        subprocess.run(pip, check=True, timeout=COMMAND_S)
    return program


class Barman:
    """Barman with the shipped files, but for places, addresses and its user."""

    def __init__(self, program: Path, home: Path, sockets: Path) -> None:
        self.program = program
        user = pwd.getpwuid(os.geteuid()).pw_name
        (home / "servers").mkdir(parents=True)
        (home / "catalog").mkdir()
        self.conf = home / "barman.conf"
        text = (SHIPPED / "barman.conf").read_text()
        for shipped, here in (
            ("barman_user = barman", f"barman_user = {user}"),
            ("/var/log/barman/barman.log", f"{home}/barman.log"),
            ("/var/lib/barman", f"{home}/catalog"),
            ("/etc/barman.d", f"{home}/servers"),
        ):
            assert shipped in text
            text = text.replace(shipped, here)
        self.conf.write_text(text)
        server = (SHIPPED / "yemae.conf").read_text()
        assert server.count("host=db.internal") == 2
        server = server.replace("host=db.internal", f"host={sockets}")
        server = server.replace("/usr/lib/postgresql/18/bin", str(BINARIES))
        (home / "servers" / "yemae.conf").write_text(server)
        self.log = home / "barman.log"
        self.output = home / "output"

    def __call__(self, *arguments: str) -> str:
        """Run a command of Barman's. Returns what it wrote."""
        # A file, because what Barman leaves in the background would keep a pipe open.
        with self.output.open("w") as output:
            done = subprocess.run(
                [str(self.program), "--config", str(self.conf), *arguments],
                stdout=output, stderr=output, timeout=COMMAND_S, check=False,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip
        said = self.output.read_text()
        log = self.log.read_text() if self.log.exists() else ""
        assert done.returncode == 0, f"{arguments}: {said}\n{log[-4_000:]}"
        return said

    def by_schedule(self, word: str) -> str:
        """Run the command of the shipped crontab that has this word."""
        lines = (SHIPPED / "crontab").read_text().splitlines()
        (line,) = (line for line in lines if not line.startswith("#") and word in line)
        found = re.fullmatch(r"(?:[\d*]+ ){5}barman barman (.+)", line)
        assert found is not None
        return self(*found[1].split())


class External:
    """A PostgreSQL that Yemae and Barman find at a socket."""

    def __init__(self, data_dir: Path, valkey_url: str) -> None:
        self.data_dir = data_dir
        self.stores = PrivateStores(data_dir, external=StoreUrls("", valkey_url))

    def start(self) -> str:
        """Start it. Returns its address for the owner."""
        return self.stores.start().database_url

    def settings(self, valkey_url: str) -> Settings:
        """What a node is set to."""
        return Settings().replace(
            database_url=self.stores.app_url,
            valkey_url=valkey_url,
            secret_key="a key that all nodes share, of 32 characters or more",
            data_dir=self.data_dir,
            log_level="error",
        )

    def destroy(self) -> None:
        """Lose the machine."""
        os.kill(self.stores.pids["PostgreSQL"], signal.SIGKILL)
        self.stores.stop()
        shutil.rmtree(self.data_dir)


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the system user of the stores may pass through."""
    with tempfile.TemporaryDirectory(prefix="yemae-pitr-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


async def buy(settings: Settings, name: str, seat: str) -> Ticket:
    """Sell a seat, from the queue to the ticket."""
    async with open_runtime(settings) as runtime:
        fan = Fan(runtime, name)
        await fan.enter()
        await fan.top_up(key=f"top-up of {name}")
        order = await fan.hold(seat)
        await fan.pay()
        return Ticket(order.id, FIRST, seat)


async def at_the_door(settings: Settings, ticket: Ticket) -> bool:
    """Whether the ticket opens the door."""
    async with open_runtime(settings) as runtime:
        found = await check.look_up(runtime.postgres, runtime.catalogue, ticket)
        return isinstance(found, check.ValidTicket)


async def reconciled(settings: Settings) -> None:
    async with open_runtime(settings) as runtime:
        await assert_reconciled(runtime)


def moment(url: str) -> str:
    """PostgreSQL's time."""
    with psycopg.connect(url) as session:
        row = session.execute("select clock_timestamp()").fetchone()
    assert row is not None
    assert isinstance(row[0], datetime)
    return row[0].isoformat()


def lsn_is_received(url: str) -> bool:
    with psycopg.connect(url) as session:
        row = session.execute(
            "select bool_or(write_lsn >= pg_current_wal_flush_lsn()) from pg_stat_replication"
        ).fetchone()
    return bool(row and row[0])


def test_a_destroyed_database_is_restored_to_a_moment(
    barman_program: Path, place: Path, valkey_url: str
) -> None:
    lost, back = External(place / "lost", valkey_url), External(place / "back", valkey_url)
    barman = Barman(barman_program, place / "barman", run_folder(lost.data_dir))
    settings = lost.settings(valkey_url)
    try:
        url = lost.start()
        upgrade(url)
        with psycopg.connect(url) as session:
            session.execute((SHIPPED / "roles.sql").read_text().encode())
        asyncio.run(load_concert(settings))
        before = asyncio.run(buy(settings, "before-the-backup", "1"))
        barman.by_schedule("cron")
        until(lambda: lsn_is_received(url))
        barman("switch-wal", "--force", "--archive", "yemae")
        barman.by_schedule("backup")
        assert "FAILED" not in barman("check", "yemae")
        kept = asyncio.run(buy(settings, "after-the-backup", "2"))
        target = moment(url)
        late = asyncio.run(buy(settings, "after-the-moment", "3"))
        until(lambda: lsn_is_received(url))
        barman("switch-wal", "--force", "--archive", "yemae")
        lost.destroy()
        back.data_dir.mkdir(mode=0o711)
        barman("restore", "--target-time", target, "--target-action", "promote", "yemae", "auto",
               str(back.data_dir / "postgres"))  # fmt: skip
        assert_restored(back, valkey_url, [before, kept], late)
    finally:
        subprocess.run(
            [str(barman_program), "--config", str(barman.conf), "receive-wal", "--stop", "yemae"],
            check=False, capture_output=True, timeout=COMMAND_S,
        )  # fmt: skip
        for stores in (lost.stores, back.stores):
            stores.stop()


def assert_restored(back: External, valkey_url: str, sold: list[Ticket], late: Ticket) -> None:
    """What was sold up to the moment is there, what came later is not, and the sale goes on."""
    url = back.start()

    def is_promoted() -> bool:
        with psycopg.connect(url) as session:
            row = session.execute("select pg_is_in_recovery()").fetchone()
        return row == (False,)

    until(is_promoted)
    settings = back.settings(valkey_url)
    asyncio.run(reconciled(settings))
    assert all(asyncio.run(at_the_door(settings, ticket)) for ticket in sold)
    assert not asyncio.run(at_the_door(settings, late))
    with pytest.raises(Refusal):
        asyncio.run(buy(settings, "another-fan", sold[1].seat))
    again = asyncio.run(buy(settings, "after-the-moment", late.seat))
    assert asyncio.run(at_the_door(settings, again))
    assert not asyncio.run(at_the_door(settings, late))
    asyncio.run(reconciled(settings))
