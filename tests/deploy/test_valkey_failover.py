"""Two servers of Yemae on a Valkey that fails over, with the files of deploy/valkey/: fans wait and
buy while the primary dies or freezes; no fan loses the place, and none is admitted twice."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from helpers.concerts import TEXT
from helpers.figures import say
from helpers.sentinels import Sentinels
from helpers.server import SECRET_KEY, Server
from helpers.shipped_cluster import ShippedCluster
from kill.crowd import CONCERT, Crowd, assert_kept, outage_s
from kill.line import Fan, assert_in_order, in_the_rush
from yemae.accounts.access import Issuer
from yemae.waiting_room.keys import keys_of

pytestmark = pytest.mark.deployment

LINE = "line"
FANS = 30
RETRY_S = 1.0
OUTAGE_MAX_S = 120.0
CLOSED = TEXT.format(
    concert_id=LINE,
    seats=10,
    seat_limit=4,
    active_limit=1,
    admit_per_minute=60_000,
    entry_ttl_s=3_600,
    absent_after_s=600,
)


Machines = Sentinels | ShippedCluster


def primary_of(valkey: Machines) -> int:
    """The machine that has the line."""
    if isinstance(valkey, Sentinels):
        return valkey.primary()
    return valkey.master_of(keys_of(LINE)[0])


def wait_for_another(valkey: Machines, old: int) -> None:
    """Wait until another machine has the line."""
    if isinstance(valkey, Sentinels):
        valkey.wait_for_primary_other_than(old)
    else:
        valkey.wait_for_master_other_than(old, keys_of(LINE)[0])


@pytest.fixture(params=["sentinel", "cluster"])
def valkey(request: pytest.FixtureRequest) -> Iterator[Machines]:
    """The machines of the waiting room."""
    with tempfile.TemporaryDirectory(prefix="yemae-valkey-", ignore_cleanup_errors=True) as path:
        folder = Path(path)
        machines: Machines = (
            Sentinels(folder, hurry=False)
            if request.param == "sentinel"
            else ShippedCluster(folder)
        )
        try:
            machines.start()
            yield machines
        finally:
            machines.stop()


@pytest.fixture
def servers(valkey: Machines, database_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    """Two nodes of Yemae."""
    files = {"hall.toml": CONCERT, "line.toml": CLOSED}
    loads = []
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        loads += ["--load", str(tmp_path / name)]
    stores = {"YEMAE_DATABASE_URL": database_url, "YEMAE_VALKEY_URL": valkey.url}
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        made.append(Server(tmp_path / name, "--workers", "1", *loads, **stores))
    try:
        for server in made:
            server.start()
        yield made
    finally:
        for server in made:
            server.stop()


class Caller:
    """A signed-in fan at one of the servers."""

    def __init__(self, client: httpx.AsyncClient, user_id: str) -> None:
        self._client = client
        self.tokens = {"Authorization": f"Bearer {Issuer(SECRET_KEY, 3_600).issue(user_id).text}"}

    async def ask(self, method: str, path: str) -> httpx.Response:
        """One request."""
        return await self._client.request(method, path, headers=self.tokens)


@asynccontextmanager
async def line_at(servers: list[Server]) -> AsyncIterator[list[Fan]]:
    """Fans of a concert that admits one, who is inside already."""
    one, other = (httpx.AsyncClient(base_url=server.url, timeout=60) for server in servers)
    async with one, other:
        inside = Caller(one, "inside")
        joined = await inside.ask("POST", f"/v1/concerts/{LINE}/queue-tokens")
        inside.tokens["Queue-Token"] = joined.json()["queue_token"]
        async with asyncio.timeout(60):
            while (await inside.ask("GET", "/v1/queue-tokens/me")).json()["state"] == "waiting":  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        yield [Fan(Caller((one, other)[n % 2], f"line-{n}"), LINE) for n in range(FANS)]


@pytest.mark.parametrize("way", ["dies", "freezes"])
async def test_no_fan_loses_a_place_or_is_admitted_twice_when_the_primary(
    valkey: Machines,
    servers: list[Server],
    way: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    crowds = [
        Crowd(server.url, f"crowd-{server.port}", fans=20, rounds=4, retry_s=RETRY_S)
        for server in servers
    ]
    runs = [asyncio.create_task(crowd.run()) for crowd in crowds]
    await asyncio.gather(*(crowd.has_paid(2) for crowd in crowds))
    old, replaced_s, failed_at = primary_of(valkey), 0.0, 0.0

    async def fail() -> None:
        nonlocal replaced_s, failed_at
        failed_at = time.monotonic()
        (valkey.kill if way == "dies" else valkey.freeze)(old)
        await asyncio.to_thread(wait_for_another, valkey, old)
        replaced_s = time.monotonic() - failed_at
        # The old one comes back while the others go on.
        if way == "freezes":
            valkey.thaw(old)
        valkey.revive()

    async with line_at(servers) as fans, servers[0].runtime() as runtime:
        await in_the_rush(fans, fail)
        await asyncio.gather(*runs)

        def number(token: str) -> int:
            return runtime.tokens.read_place(token, lambda *_: 0).number

        await assert_in_order(fans, number)
        queue = await runtime.board.glance(LINE)
        assert (queue.active, queue.waiting + queue.absent) == (1, FANS)
    for server, crowd in zip(servers, crowds, strict=True):
        await assert_kept(server, crowd)
        await assert_over(server, crowd)
    outage = outage_s(crowds, failed_at)
    assert outage < OUTAGE_MAX_S
    figures = {
        "replaced after s": round(replaced_s, 1),
        "no payment for s": round(outage, 1),
        "buyers' 503": sum(crowd.refused for crowd in crowds),
        "buyers' broken": sum(crowd.broken for crowd in crowds),
        "polls in line": sum(fan.polls for fan in fans),
        "of them 503": sum(fan.refused for fan in fans),
        "201 that were lost": 0,
    }
    say(capsys, f"{type(valkey).__name__}, primary {way}", figures)


async def assert_over(server: Server, crowd: Crowd) -> None:
    """A fan who has bought is not inside any more with the same place. What the promoted server did
    not hear of, the next sweep repairs, at :00."""
    left = set(crowd.used_tokens)
    assert left
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as client, asyncio.timeout(120):
        while left:
            for token in tuple(left):
                answer = await client.get("/v1/queue-tokens/me", headers={"Queue-Token": token})
                assert answer.status_code in (200, 410), answer.text
                if answer.status_code == 410:
                    left.remove(token)
            await asyncio.sleep(0.5)
