"""The application behind two ports, of which one answers polls at once where it can and the other
never does, so that a test can compare the bytes."""

import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from helpers.concerts import HALL, concert
from helpers.connections import all_that_comes, connected, serving
from helpers.fans import carried_out
from helpers.http import Site, open_site
from yemae.http.server.call import Headers
from yemae.http.server.problems import Written
from yemae.sale import join
from yemae.sale.join import JoinRequest
from yemae.settings import Settings
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import QueueToken, TokenKeys

CROWD = 300
FAR, NEAR = 250, 20
TARGET = "/v1/queue-tokens/me"
FIELDS = "Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {far}\r\n"
# Follows each request on its connection, so that one answer too many or too few is seen.
LAST = b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
DATE = re.compile(rb"date: [^\r]*\r\n")
OWN_ID = re.compile(rb"x-request-id: [0-9a-f]{12}-[0-9a-f]+\r\n")


async def look_again(site: Site) -> None:
    site.runtime.board._views.clear()
    await site.runtime.board.view(HALL)


class Both:
    """The site behind two ports: one answers at once where it can, the other never does."""

    def __init__(self, site: Site, tokens: dict[str, str]) -> None:
        self.site = site
        self.tokens = tokens
        self.ports: list[int] = []
        # How many requests were answered at once.
        self.number = 0

    def at_once(self, target: bytes, headers: Headers) -> Written | None:
        """What the application answers at once."""
        answer = self.site.app.at_once(target, headers)
        self.number += answer is not None
        return answer

    async def answers(self, request: str) -> list[bytes]:
        """What each port answers to a request and the LAST one, but for what must differ."""
        raw = request.format(**self.tokens).encode("latin-1")
        heard = []
        for port in self.ports:
            random.seed(7)
            async with connected(port) as (reader, writer):
                writer.write(raw + LAST)
                answer = await all_that_comes(reader)
            heard.append(without_what_differs(answer))
        return heard

    async def same(self, request: str) -> tuple[int, bool]:
        """Check that both are equal; returns the status and whether one was given at once."""
        before = self.number
        ordinary, at_once = await self.answers(request)
        assert at_once == ordinary
        return int(ordinary.split(b" ", 2)[1]), self.number > before


def without_what_differs(answer: bytes) -> bytes:
    return OWN_ID.sub(b"x-request-id: *\r\n", DATE.sub(b"", answer))


def plain(fields: str = FIELDS, target: str = TARGET, line: str = "GET {} HTTP/1.1") -> str:
    return f"{line.format(target)}\r\n{fields}\r\n"


@asynccontextmanager
async def opened(settings: Settings, **changes: Any) -> AsyncIterator[Both]:
    """A crowd in line, and both ports."""
    hall = concert(active_limit=1, absent_after_s=45)
    async with open_site(settings, hall, **changes) as site:
        requests = [JoinRequest(HALL, f"fan-{n:04}") for n in range(CROWD)]
        standings = await carried_out(join.join(site.runtime, requests))
        places = [
            QueueToken(HALL, request.user_id, standing.number)
            for request, standing in zip(requests, standings, strict=True)
            if isinstance(standing, Standing)
        ]
        keys = site.runtime.tokens
        past = TokenKeys(settings.stores.secret_key, -(10**8))
        other = TokenKeys("x" * 40, 10**6)
        both = Both(
            site,
            {
                "far": keys.sign_place(places[FAR]),
                "near": keys.sign_place(places[NEAR]),
                "first": keys.sign_place(places[0]),
                "expired": past.sign_place(places[FAR]),
                "forged": other.sign_place(places[FAR]),
                "elsewhere": keys.sign_place(places[FAR]._replace(concert_id="no-such")),
                "lane": keys.sign_place(places[FAR]._replace(lane=3)),
            },
        )
        await look_again(site)
        async with (
            serving(site.app) as (one, _),
            serving(site.app, at_once=both.at_once) as (two, _),
        ):
            both.ports = [one, two]
            yield both
