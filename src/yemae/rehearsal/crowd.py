"""One process of fans: `python -m yemae.rehearsal.crowd`.

It reads its Assignment as a line of JSON, reports that it is ready, starts at the next line, and
writes its Tally as a line of JSON twice a second; the last line is complete. It ends when all of
its fans are done, when the time is up, or when its input closes, as it does when its parent dies.
"""

import asyncio
import random
import sys
import time

import msgspec
import uvloop

from yemae.accounts.access import Issuer
from yemae.rehearsal.arrivals import arrivals
from yemae.rehearsal.client import Client
from yemae.rehearsal.entrance import Entrance
from yemae.rehearsal.fan import Fan
from yemae.rehearsal.own_file import FanLane, lane_of
from yemae.rehearsal.scenario import Scenario
from yemae.rehearsal.tally import Tally

TELL_S = 0.5
TOKEN_TTL_S = 86_400


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """The fans of one process: every `scenario.processes`-th one, from its own number on."""

    scenario: Scenario
    number: int
    url: str
    concert_id: str
    # The prefix of the fans' user ids, unique for each rehearsal.
    prefix: str
    # Access tokens are minted with the key; without a key, `tokens` has one for each fan.
    secret_key: str = ""
    tokens: list[str] = []
    lanes: list[FanLane] = []
    proof_of_work: bool = False


class TallyMessage(msgspec.Struct, frozen=True):
    """A line of a process: its tally so far."""

    tally: Tally
    is_last: bool = False


async def main() -> None:
    """Read the assignment and carry it out."""
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    assignment = msgspec.json.decode(await lines.readline(), type=Assignment)
    tally = Tally(people={"to_come": _count(assignment)})
    _write(tally)
    if not await lines.readline():
        return
    running = asyncio.create_task(_run(assignment, tally))
    stopping = asyncio.create_task(lines.read())
    while not running.done() and not stopping.done():
        await asyncio.wait((running, stopping), timeout=TELL_S, return_when=asyncio.FIRST_COMPLETED)
        tally.cpu_s = time.process_time()
        _write(tally)
    running.cancel()
    await asyncio.wait((running,))
    stopping.cancel()
    if not running.cancelled() and (error := running.exception()):
        raise error
    _write(tally, is_last=True)


async def _run(assignment: Assignment, tally: Tally) -> None:
    """Start every fan at its time; returns when all are done or the time is up."""
    scenario = assignment.scenario
    client = Client(assignment.url, max(1, scenario.connections // scenario.processes), tally)
    fans: set[asyncio.Task[None]] = set()
    try:
        async with asyncio.timeout(scenario.duration_s):
            await _arrive(assignment, client, tally, fans)
            if fans:
                await asyncio.wait(fans)
    except TimeoutError:
        pass
    finally:
        for fan in fans:
            fan.cancel()
        await asyncio.gather(*fans, return_exceptions=True)
        await client.close()


async def _arrive(
    assignment: Assignment, client: Client, tally: Tally, fans: "set[asyncio.Task[None]]"
) -> None:
    scenario = assignment.scenario
    moments = arrivals(scenario.arrival, scenario.fans, scenario.arrival_s, scenario.seed)
    issuer = Issuer(assignment.secret_key, TOKEN_TTL_S) if assignment.secret_key else None
    began_at = time.monotonic()
    for index, number in enumerate(_numbers(assignment)):
        early_s = began_at + moments[number] - time.monotonic()
        if early_s > 0:
            await asyncio.sleep(early_s)
        lot = random.Random(f"{scenario.seed} {number}")  # noqa: S311 - no secret
        lane = lane_of(assignment.lanes, lot.random()) if assignment.lanes else None
        groups = (lane.group,) if lane is not None and lane.group else ()
        token = (
            issuer.issue(f"{assignment.prefix}{number}", groups=groups).text
            if issuer is not None
            else assignment.tokens[index]
        )
        code = lot.choice(lane.codes) if lane is not None and lane.codes else ""
        entrance = Entrance(code, assignment.proof_of_work)
        fan = Fan(client, tally, scenario.behaviour, assignment.concert_id, token, lot, entrance)
        task = asyncio.create_task(fan.run())
        fans.add(task)
        task.add_done_callback(fans.discard)


def _numbers(assignment: Assignment) -> range:
    return range(assignment.number, assignment.scenario.fans, assignment.scenario.processes)


def _count(assignment: Assignment) -> int:
    return len(_numbers(assignment))


def _write(tally: Tally, *, is_last: bool = False) -> None:
    """Write a line; only the last one has the long lists."""
    sent = tally if is_last else msgspec.structs.replace(tally, admissions=[], sales=[])
    sys.stdout.buffer.write(msgspec.json.encode(TallyMessage(sent, is_last)) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(main())
