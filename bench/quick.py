"""A quick load run over HTTP against a running server: joins, polls, holds, top-ups, payments.

    .venv/bin/yemae tokens issue --count 2000 --prefix quick- > /tmp/tokens
    .venv/bin/python bench/quick.py --tokens /tmp/tokens --concert arena

Each fan in the tokens file joins the concert's queue, polls until admitted, holds one seat of
their own, tops up and pays. Every step is a phase of its own, timed over all fans with
`--connections` requests in flight; a phase counts successes, not answers. It talks to loopback
only, and makes a bounded number of requests. The server, its stores and this client share the
machine, so the figures say what this machine does with all of them on it.
"""

import argparse
import asyncio
import ipaddress
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import uvloop

POLL_S = 0.2
POLLS_MAX = 600


@dataclass
class Fan:
    """One access token and what it has reached."""

    token: str
    number: int
    queue_token: str = ""
    entry_token: str = ""
    seat: str = ""
    order_id: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.headers = {"Authorization": f"Bearer {self.token}"}


class Load:
    """The fans, the server, and the phases."""

    def __init__(self, http: aiohttp.ClientSession, fans: list[Fan], options: Any) -> None:
        self.http = http
        self.fans = fans
        self.options = options

    async def ask(
        self, method: str, path: str, headers: dict[str, str], body: object = None
    ) -> tuple[int, Any]:
        """One request: status and JSON."""
        async with self.http.request(method, path, headers=headers, json=body) as answer:
            return answer.status, await answer.json(content_type=None)

    async def phase(self, name: str, step: Callable[[Fan], Awaitable[bool]]) -> None:
        """Run a step for every fan, and print its row."""
        waiting = iter(self.fans)
        seconds: list[float] = []
        successes = 0

        async def connection() -> None:
            nonlocal successes
            for fan in waiting:
                started = time.perf_counter()
                done = await step(fan)
                successes += done
                seconds.append(time.perf_counter() - started)

        started = time.perf_counter()
        await asyncio.gather(*(connection() for _ in range(self.options.connections)))
        wall = time.perf_counter() - started
        seconds.sort()
        print(
            f"{name:10} {len(seconds) / wall:8.0f}/s  ok {successes:6}/{len(seconds)}"
            f"  p50 {seconds[len(seconds) // 2] * 1000:7.1f} ms"
            f"  p99 {seconds[int(len(seconds) * 0.99)] * 1000:7.1f} ms"
        )

    async def alive(self, _: Fan) -> bool:
        """GET /livez: the yardstick, what the server does when it does nothing."""
        return (await self.ask("GET", "/livez", {}))[0] == 200

    async def join(self, fan: Fan) -> bool:
        """Take a queue token."""
        path = f"/v1/concerts/{self.options.concert}/queue-tokens"
        status, answer = await self.ask("POST", path, fan.headers)
        fan.queue_token = answer.get("queue_token", "")
        return status in (200, 201)

    async def poll(self, fan: Fan) -> bool:
        """Ask once where the fan stands."""
        headers = {"Queue-Token": fan.queue_token}
        status, answer = await self.ask("GET", "/v1/queue-tokens/me", headers)
        fan.entry_token = answer.get("entry_token", "")
        fan.headers["Entry-Token"] = fan.entry_token
        return status == 200

    async def until_admitted(self) -> None:
        """Poll everybody until all are inside."""
        for _ in range(POLLS_MAX):
            outside = [fan for fan in self.fans if not fan.entry_token]
            if not outside:
                return
            await asyncio.gather(*(self.poll(fan) for fan in outside[: self.options.connections]))
            await asyncio.sleep(POLL_S)
        sys.exit("quick: not everybody was admitted in time")

    async def choose_seats(self) -> str:
        """Give each fan a seat of their own. Returns the performance's id."""
        headers = self.fans[0].headers
        _, dates = await self.ask(
            "GET", f"/v1/concerts/{self.options.concert}/performances", headers
        )
        performance = max(dates["performances"], key=lambda date: date["seats_left"])["id"]
        _, free = await self.ask("GET", f"/v1/performances/{performance}/seats", headers)
        if len(free["seats"]) < len(self.fans):
            sys.exit(f"quick: {len(free['seats'])} free seats for {len(self.fans)} fans")
        for fan, seat in zip(self.fans, free["seats"], strict=False):
            fan.seat = seat["number"]
        return str(performance)

    async def run(self) -> None:
        """Every phase."""
        await self.phase("livez", self.alive)
        await self.phase("join", self.join)
        await self.phase("poll", self.poll)
        await self.until_admitted()
        performance = await self.choose_seats()

        async def hold(fan: Fan) -> bool:
            body = {"performance_id": performance, "seats": [fan.seat]}
            status, answer = await self.ask("POST", "/v1/orders", fan.headers, body)
            fan.order_id = answer.get("id", "")
            return status == 201

        async def top_up(fan: Fan) -> bool:
            headers = {**fan.headers, "Idempotency-Key": f"{fan.number}-{time.time_ns()}"}
            path = "/v1/wallet/top-ups"
            return (await self.ask("POST", path, headers, {"amount": 1_000_000}))[0] == 201

        async def pay(fan: Fan) -> bool:
            path = f"/v1/orders/{fan.order_id}/payment"
            return (await self.ask("POST", path, fan.headers))[0] == 201

        await self.phase("hold", hold)
        await self.phase("top_up", top_up)
        await self.phase("pay", pay)


def loopback(url: str) -> str:
    """The URL if it is on this machine; load goes nowhere else."""
    host = urlsplit(url).hostname or ""
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        sys.exit(f"quick: {host} is not this machine")
    return url


async def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", type=loopback, default="http://127.0.0.1:8000")
    parser.add_argument("--tokens", type=Path, required=True, help="one access token per line")
    parser.add_argument("--concert", default="arena")
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args(arguments)
    tokens = options.tokens.read_text().split()
    connector = aiohttp.TCPConnector(limit=options.connections)
    async with aiohttp.ClientSession(options.url, connector=connector) as http:
        fans = [Fan(token, number) for number, token in enumerate(tokens)]
        await Load(http, fans, options).run()


if __name__ == "__main__":
    uvloop.run(main())
