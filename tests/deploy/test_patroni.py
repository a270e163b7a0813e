"""Two servers of Yemae on two PostgreSQL servers that Patroni keeps, with the files of
deploy/patroni/: fans buy while the primary dies, freezes or changes, and nothing that was answered
with 201 is lost."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from helpers.figures import say
from helpers.patroni import Patroni
from helpers.server import Server
from kill.crowd import CONCERT, Crowd, assert_kept, outage_s

pytestmark = pytest.mark.deployment

# A client waits as long as Retry-After says.
RETRY_S = 1.0
# Far more than what the settings lead to, however busy the machine is.
OUTAGE_MAX_S = 120.0
LISTENERS = "select count(*) from pg_stat_activity where application_name = 'yemae listener'"

Fail = Callable[[Patroni, int], None]


@pytest.fixture(scope="module")
def patroni() -> Iterator[Patroni]:
    """The machines of the databases."""
    with tempfile.TemporaryDirectory(prefix="yemae-patroni-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o755)
        machines = Patroni(Path(path))
        try:
            machines.start()
            yield machines
        finally:
            machines.stop()


@pytest.fixture(scope="module")
def servers(
    patroni: Patroni, kept_valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Server]]:
    """Two nodes of Yemae."""
    made = []
    for name in ("one", "other"):
        folder = tmp_path_factory.mktemp(name)
        concert = folder / "hall.toml"
        concert.write_text(CONCERT)
        variables = {
            "YEMAE_DATABASE_URL": patroni.url,
            "YEMAE_DATABASE_OWNER_URL": patroni.url,
            "YEMAE_VALKEY_URL": kept_valkey_url,
            # The default, by which outages are measured.
            "YEMAE_POSTGRES_TRANSACTION_TIMEOUT_S": "8",
        }
        options = ("--workers", "1", "--migrate", "--load", str(concert))
        made.append(Server(folder, *options, **variables))
    try:
        for server in made:
            server.start()
        yield made
    finally:
        for server in made:
            server.stop()


def kill_postgresql(patroni: Patroni, primary: int) -> None:
    patroni.kill_postgresql(primary)
    patroni.wait_for_primary_other_than(primary)


def kill(patroni: Patroni, primary: int) -> None:
    patroni.kill(primary)
    patroni.wait_for_primary_other_than(primary)


def freeze(patroni: Patroni, primary: int) -> None:
    patroni.freeze(primary)
    patroni.wait_for_primary_other_than(primary)


def switch_over(patroni: Patroni, primary: int) -> None:
    patroni.switch_over()
    patroni.wait_for_primary_other_than(primary)


def kill_standby(patroni: Patroni, primary: int) -> None:
    patroni.kill(1 - primary)


@pytest.mark.parametrize(
    "fail", [switch_over, kill_postgresql, kill, freeze, kill_standby], ids=lambda f: f.__name__
)
async def test_nothing_that_was_answered_is_lost(
    patroni: Patroni, servers: list[Server], fail: Fail, capsys: pytest.CaptureFixture[str]
) -> None:
    patroni.wait_until_whole()
    old = patroni.primary()
    assert old is not None
    listeners = patroni.sql(old, LISTENERS)
    crowds = [
        Crowd(server.url, f"{fail.__name__}-{server.port}", fans=20, rounds=4, retry_s=RETRY_S)
        for server in servers
    ]
    runs = [asyncio.create_task(crowd.run()) for crowd in crowds]
    await asyncio.gather(*(crowd.has_paid(6) for crowd in crowds))
    failed_at = time.monotonic()
    await asyncio.to_thread(fail, patroni, old)
    replaced_s = time.monotonic() - failed_at
    new = patroni.primary()
    assert new is not None
    await asyncio.to_thread(heard_by, patroni, new, listeners)
    heard_s = time.monotonic() - failed_at - replaced_s
    paid = [crowd.paid for crowd in crowds]
    await asyncio.gather(*(crowd.has_paid(n + 2) for crowd, n in zip(crowds, paid, strict=True)))
    # What comes back while fans buy is a standby, and takes nothing from them.
    if fail is freeze:
        patroni.thaw(old)
    patroni.revive()
    await asyncio.gather(*runs)
    patroni.wait_until_whole()
    for server, crowd in zip(servers, crowds, strict=True):
        await assert_kept(server, crowd)
    outage = outage_s(crowds, failed_at)
    assert outage < OUTAGE_MAX_S
    figures = {
        "new primary after s": round(replaced_s, 1),
        "no payment for s": round(outage, 1),
        "listeners back s after it": round(heard_s, 1),
        "503": sum(crowd.refused for crowd in crowds),
        "broken": sum(crowd.broken for crowd in crowds),
        "201": sum(len(crowd.facts) for crowd in crowds),
        "201 that were lost": 0,
    }
    say(capsys, fail.__name__, figures)


def heard_by(patroni: Patroni, primary: int, listeners: list[object]) -> None:
    """Wait until as many listen to the new primary as did to the old one."""
    deadline = time.monotonic() + 60
    while patroni.sql(primary, LISTENERS) < listeners:
        assert time.monotonic() < deadline, "seat maps get no changes of other nodes"
        time.sleep(0.1)
