"""One process of fans: `python -m yemae.rehearsal.crowd`.

It reads its Assignment as a line of JSON, says that it is ready, starts at the next line, and
writes its Tally as a line of JSON twice a second; the last line has everything. It ends when all of
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
from yemae.rehearsal.fan import Fan
from yemae.rehearsal.scenario import Scenario
from yemae.rehearsal.tally import Tally

TELL_S = 0.5
TOKEN_TTL_S = 86_400


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """What a process has to do: every `plan.processes`-th fan, beginning with its own number."""

    plan: Scenario
    number: int
    url: str
    concert_id: str
    # The fans' user ids begin with it; no two rehearsals have the same.
    prefix: str
    # Tokens are minted with the key, or there is one for each fan of this process.
    secret_key: str = ""
    tokens: list[str] = []


class Told(msgspec.Struct, frozen=True):
    """What a process says of itself."""

    tally: Tally
    is_last: bool = False


async def main() -> None:
    """Do what the input says, until the end."""
    loop = asyncio.get_running_loop()
    words = asyncio.StreamReader(limit=1 << 30)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(words), sys.stdin)
    assignment = msgspec.json.decode(await words.readline(), type=Assignment)
    tally = Tally(people={"to_come": _count(assignment)})
    _tell(tally)
    if not await words.readline():
        return
    running = asyncio.create_task(_run(assignment, tally))
    told_to_stop = asyncio.create_task(words.read())
    while not running.done() and not told_to_stop.done():
        await asyncio.wait(
            (running, told_to_stop), timeout=TELL_S, return_when=asyncio.FIRST_COMPLETED
        )
        tally.cpu_s = time.process_time()
        _tell(tally)
    running.cancel()
    await asyncio.wait((running,))
    told_to_stop.cancel()
    if not running.cancelled() and (error := running.exception()):
        raise error
    _tell(tally, is_last=True)


async def _run(assignment: Assignment, tally: Tally) -> None:
    """Let every fan arrive in time; returns when all are done or the time is up."""
    plan = assignment.plan
    client = Client(assignment.url, max(1, plan.connections // plan.processes), tally)
    fans: set[asyncio.Task[None]] = set()
    try:
        async with asyncio.timeout(plan.duration_s):
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
    plan = assignment.plan
    moments = arrivals(plan.arrival, plan.fans, plan.arrival_s, plan.seed)
    issuer = Issuer(assignment.secret_key, TOKEN_TTL_S) if assignment.secret_key else None
    began_at = time.monotonic()
    for index, number in enumerate(_numbers(assignment)):
        early_s = began_at + moments[number] - time.monotonic()
        if early_s > 0:
            await asyncio.sleep(early_s)
        token = (
            issuer.issue(f"{assignment.prefix}{number}").text
            if issuer is not None
            else assignment.tokens[index]
        )
        lot = random.Random(f"{plan.seed} {number}")  # noqa: S311 - no secret
        fan = Fan(client, tally, plan.behaviour, assignment.concert_id, token, lot)
        task = asyncio.create_task(fan.run())
        fans.add(task)
        task.add_done_callback(fans.discard)


def _numbers(assignment: Assignment) -> range:
    return range(assignment.number, assignment.plan.fans, assignment.plan.processes)


def _count(assignment: Assignment) -> int:
    return len(_numbers(assignment))


def _tell(tally: Tally, *, is_last: bool = False) -> None:
    """Write a line; the long lists come with the last one only."""
    said = tally if is_last else msgspec.structs.replace(tally, admissions=[], sales=[])
    sys.stdout.buffer.write(msgspec.json.encode(Told(said, is_last)) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(main())
