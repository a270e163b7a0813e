"""The rows that look and join: poll, join, dates, and the seats of a small hall and of an arena.

Polls come from FANS fans of a line of as many, none of them more often than a few times a minute;
joins from fans who have no place yet; the lists of dates and seats from INSIDE fans with a pass.
Each list must have every seat: one that is, byte for byte, the last one is not counted again.
"""

import gzip
import itertools
import random

from bench.crowd import crowd_of
from bench.line_store import LineStore, new_fans
from bench.load import Check, any_2xx, get, post
from bench.serving import Bench, Concert
from bench.stage import LINE
from bench.timed import Effort, Shot, timed
from yemae.accounts.access import Issuer
from yemae.waiting_room.tokens import TokenKeys

FANS = 20_000
INSIDE = 200
GZIP = b"\x1f\x8b"


class Reads:
    """Measures; what can be used again is made once."""

    def __init__(self, bench: Bench, effort: Effort, *, fans: int = FANS) -> None:
        self._bench = bench
        self._effort = effort
        self._fans = fans
        self._polls: list[bytes] = []
        self._dates: list[bytes] = []
        self._looks: dict[str, list[bytes]] = {}

    async def livez(self) -> Shot:
        """One run of the yardstick."""
        requests = itertools.repeat(get("/livez"))
        return await timed(self._bench, requests, any_2xx, self._effort)

    async def poll(self) -> Shot:
        """One run of polls by fans who wait."""
        if not self._polls:
            self._polls = await self._fill_line()
        return await timed(
            self._bench,
            itertools.cycle(self._polls),
            lambda _, status, body: status == 200 and b'"state":"waiting"' in body,
            self._effort,
        )

    async def _fill_line(self) -> list[bytes]:
        settings = self._bench.settings
        tokens = TokenKeys(settings.stores.secret_key, settings.queue.queue_token_ttl_s)
        store = LineStore(settings)
        try:
            places = await store.fill(LINE.concert_id, self._fans, self._fans)
        finally:
            await store.close()
        random.shuffle(places)
        return [
            get("/v1/queue-tokens/me", queue_token=tokens.sign_place(place)) for place in places
        ]

    async def join(self) -> Shot:
        """One run of joins by fans who have no place."""
        issuer = Issuer(
            self._bench.settings.stores.secret_key, self._bench.settings.accounts.access_token_ttl_s
        )
        path = f"/v1/concerts/{LINE.concert_id}/queue-tokens"
        requests = [
            post(path, authorization=f"Bearer {issuer.issue(user_id).text}")
            for user_id in new_fans(2 * self._fans)
        ]
        return await timed(
            self._bench,
            requests,
            lambda _, status, body: status == 201 and b'"queue_token":"' in body,
            self._effort,
        )

    async def dates(self, concert: Concert) -> Shot:
        """One run of looks at the dates of a concert."""
        if not self._dates:
            path = f"/v1/concerts/{concert.concert_id}/performances"
            self._dates = await self._look_requests(concert, path)
        return await timed(
            self._bench,
            itertools.cycle(self._dates),
            lambda _, status, body: status == 200 and b'"seats_left":' in body,
            self._effort,
        )

    async def seats(self, concert: Concert, accepts: str = "identity") -> Shot:
        """One run of looks at all seats of a concert's first date."""
        key = f"{concert.concert_id} {accepts}"
        if key not in self._looks:
            path = f"/v1/performances/{concert.performance_ids[0]}/seats"
            self._looks[key] = await self._look_requests(concert, path, accept_encoding=accepts)
        return await timed(
            self._bench, itertools.cycle(self._looks[key]), _every_seat(concert), self._effort
        )

    async def _look_requests(self, concert: Concert, path: str, **headers: str) -> list[bytes]:
        async with crowd_of(self._bench) as crowd:
            fans = await crowd.inside(concert.concert_id, INSIDE)
        return [
            get(path, authorization=fan.authorization, entry_token=fan.entry_token, **headers)
            for fan in fans
        ]


def _every_seat(concert: Concert) -> Check:
    """A check that a list has all seats, compressed or not."""
    last = b""

    def check(_number: int, status: int, body: bytes) -> bool:
        nonlocal last
        if status != 200:
            return False
        if body != last:
            plain = gzip.decompress(body) if body.startswith(GZIP) else body
            if plain.count(b'"number"') != concert.seats:
                return False
            last = body
        return True

    return check
