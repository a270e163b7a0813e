"""Fans who come while something fails, and wait: each joins once and polls until the end."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, Protocol

import httpx

# Reads a queue token.
Number = Callable[[str], int]


class Caller(Protocol):
    """A signed-in fan; `tokens` go along with every request."""

    tokens: dict[str, str]

    async def ask(self, method: str, path: str) -> httpx.Response:
        """One request."""


class Place(NamedTuple):
    """The answers that a fan got."""

    concert_id: str
    number: int
    position: int


class Fan:
    """Joins once and polls until the end; every answer is a place, a 429 or a 503."""

    def __init__(self, caller: Caller, concert_id: str) -> None:
        self.concert_id = concert_id
        self.caller = caller
        self.token = ""
        self.polls = 0
        self.refused = 0

    async def wait(self, ending: asyncio.Event) -> None:
        """Until the end, and then for one more answer."""
        self.token = (await self._answer("POST", self._join)).json()["queue_token"]
        self.caller.tokens["Queue-Token"] = self.token
        while not ending.is_set():
            await self._poll()
            await asyncio.sleep(0.02)
        await self._poll()

    async def place(self, number: Number) -> Place:
        """Where this fan stands, now that nothing happens any more."""
        again = await self._answer("POST", self._join)
        assert (again.status_code, again.json()["queue_token"]) == (200, self.token)
        return Place(self.concert_id, number(self.token), (await self._poll())["position"])

    @property
    def _join(self) -> str:
        return f"/v1/concerts/{self.concert_id}/queue-tokens"

    async def _poll(self) -> dict[str, Any]:
        place: dict[str, Any] = (await self._answer("GET", "/v1/queue-tokens/me")).json()
        assert place["state"] == "waiting"
        self.polls += 1
        return place

    async def _answer(self, method: str, path: str) -> httpx.Response:
        while True:
            answer = await self.caller.ask(method, path)
            if answer.status_code != 503:
                assert answer.is_success, answer.text
                return answer
            assert answer.headers["retry-after"]
            self.refused += 1
            await asyncio.sleep(0.05)


async def come(fans: Sequence[Fan], ending: asyncio.Event) -> None:
    """All of them, a few at a time."""
    async with asyncio.timeout(150), asyncio.TaskGroup() as group:
        for fan in fans:
            group.create_task(fan.wait(ending))
            await asyncio.sleep(0.01)


async def in_the_rush(fans: Sequence[Fan], fail: Callable[[], Awaitable[object]]) -> None:
    """All of them come; something fails when half of them are there, and what then happens has
    happened when `fail` returns."""
    ending = asyncio.Event()
    coming = asyncio.create_task(come(fans, ending))
    async with asyncio.timeout(150):
        while sum(bool(fan.token) for fan in fans) <= len(fans) // 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await fail()
        polls = [fan.polls for fan in fans]
        while any(fan.polls <= before for fan, before in zip(fans, polls, strict=True)):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    ending.set()
    await coming


async def assert_in_order(fans: Sequence[Fan], number: Number) -> None:
    """Every fan has one place, in the order of the numbers, without a gap."""
    places = [await fan.place(number) for fan in fans]
    by_concert = defaultdict(list)
    for place in sorted(places, key=lambda each: each.number):
        by_concert[place.concert_id].append(place.position)
    for positions in by_concert.values():
        assert positions == list(range(1, len(positions) + 1))
