"""A crowd that buys over HTTP and retries: it repeats unanswered requests with the same
Idempotency-Key (and some answered ones), and records everything that was answered 201."""

import asyncio
import itertools
import random
import time
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

import httpx

from helpers.concerts import HALL, TEXT
from helpers.reconcile import assert_reconciled
from helpers.server import SECRET_KEY, Server
from yemae.accounts.access import Issuer

PRICE = 50_000
SEATS = 1_000
PATIENCE_S = 150.0
REPEATED = 0.3
CONCERT = TEXT.format(
    concert_id=HALL,
    seat_limit=4,
    active_limit=1_000,
    admit_per_minute=60_000,
    entry_ttl_s=600,
    absent_after_s=45,
    seats=SEATS,
)


class Fact(NamedTuple):
    """Something that an answer of 201 has said."""

    table: str
    id: UUID


class Crowd:
    """Fans who each buy `rounds` tickets, one after the other, queueing anew for each."""

    def __init__(
        self, url: str, name: str, *, fans: int = 30, rounds: int = 3, retry_s: float = 0.05
    ) -> None:
        self.name = name
        self.retry_s = retry_s
        self.fans = [f"{name}-{number}" for number in range(fans)]
        self.rounds = rounds
        self.facts: list[Fact] = []
        self.paid = 0
        self.broken = 0
        # Answers of 503.
        self.refused = 0
        # Of the places that a payment has ended.
        self.used_tokens: list[str] = []
        # When each payment was answered.
        self.paid_at: list[float] = []
        # Answers that said 201 and then did not end.
        self.half_said: set[tuple[str, str]] = set()
        self._issuer = Issuer(SECRET_KEY, 3_600)
        self._client = httpx.AsyncClient(
            base_url=url,
            timeout=60.0,
            limits=httpx.Limits(max_connections=fans),
            event_hooks={"response": [self._note_head]},
        )

    async def run(self) -> None:
        """All fans buy all of their tickets; fails when one cannot."""
        async with self._client, asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            for fan in self.fans:
                group.create_task(self._buy_all(fan))

    async def has_paid(self, wanted: int) -> None:
        """Wait until this number of payments was answered."""
        async with asyncio.timeout(PATIENCE_S):
            while self.paid < wanted:  # noqa: ASYNC110 - a counter of the tasks beside
                await asyncio.sleep(0.001)

    async def _buy_all(self, fan: str) -> None:
        tokens = {"Authorization": f"Bearer {self._issuer.issue(fan).text}"}
        for number in range(self.rounds):
            key = f"{fan}-{number}"
            await self._enter(tokens)
            credited = await self._ask(
                "POST", "/v1/wallet/top-ups", tokens, f"top-up-{key}", {"amount": PRICE}
            )
            self._know("transfers", credited.json()["transfer"]["id"])
            order_id = await self._hold(tokens, key)
            paid = await self._inside("POST", f"/v1/orders/{order_id}/payment", tokens, key)
            assert paid.status_code == 201, paid.text
            self._know("payments", paid.json()["id"])
            self.paid += 1
            self.paid_at.append(time.monotonic())
            self.used_tokens.append(tokens["Queue-Token"])

    def _know(self, table: str, id_: str) -> None:
        self.facts.append(Fact(table, UUID(id_)))

    async def _enter(self, tokens: dict[str, str]) -> None:
        tokens.pop("Entry-Token", None)
        while "Entry-Token" not in tokens:
            place = await self._ask("POST", f"/v1/concerts/{HALL}/queue-tokens", tokens)
            tokens["Queue-Token"] = place.json()["queue_token"]
            while place.is_success and place.json()["state"] == "waiting":
                await asyncio.sleep(0.05)
                place = await self._ask("GET", "/v1/queue-tokens/me", tokens)
            if place.is_success:
                tokens["Entry-Token"] = place.json()["entry_token"]

    async def _hold(self, tokens: dict[str, str], key: str) -> str:
        while True:
            free = await self._inside("GET", f"/v1/performances/{HALL}-1/seats", tokens)
            seat = random.choice(free.json()["seats"])["number"]  # noqa: S311 - no secret
            body = {"performance_id": f"{HALL}-1", "seats": [seat]}
            held = await self._inside("POST", "/v1/orders", tokens, f"{key}-{seat}", body)
            if held.status_code == 201:
                self._know("orders", held.json()["id"])
                return str(held.json()["id"])
            assert held.json()["type"] == "/problems/seat-taken", held.text

    async def _inside(
        self, method: str, path: str, tokens: dict[str, str], key: str = "", body: Any = None
    ) -> httpx.Response:
        """Ask with a pass; when the pass is over, queue again and ask the same again."""
        while True:
            answer = await self._ask(method, path, tokens, key, body)
            if answer.status_code != 403:
                return answer
            await self._enter(tokens)

    async def _ask(
        self, method: str, path: str, tokens: dict[str, str], key: str = "", body: Any = None
    ) -> httpx.Response:
        """Retry until there is an answer; some fans repeat an answered request and get a replay."""
        headers = {**tokens, **({"Idempotency-Key": key} if key else {})}
        answer = await self._answer(method, path, headers, body)
        if key and answer.status_code == 201 and random.random() < REPEATED:  # noqa: S311
            again = await self._answer(method, path, headers, body)
            assert (again.status_code, again.json()) == (201, answer.json())
        return answer

    async def _answer(
        self, method: str, path: str, headers: dict[str, str], body: Any
    ) -> httpx.Response:
        """Retry until there is an answer other than 429 and 503."""
        key = headers.get("Idempotency-Key", "")
        while True:
            try:
                answer = await self._client.request(method, path, headers=headers, json=body)
            except httpx.TransportError:
                self.broken += 1
                await asyncio.sleep(self.retry_s)
                continue
            self.half_said.discard((path, key))
            assert answer.status_code < 500 or answer.status_code == 503, answer.text
            if answer.status_code != 503:
                return answer
            assert answer.headers["retry-after"]
            self.refused += 1
            await asyncio.sleep(self.retry_s)

    async def _note_head(self, response: httpx.Response) -> None:
        if response.status_code == 201:
            key = response.request.headers.get("Idempotency-Key", "")
            self.half_said.add((response.request.url.path, key))


def outage_s(crowds: Iterable[Crowd], since: float) -> float:
    """The longest time after a moment without a payment."""
    times = sorted(at for crowd in crowds for at in crowd.paid_at if at > since)
    return max(after - before for before, after in itertools.pairwise([since, *times]))


async def assert_kept(server: Server, crowd: Crowd) -> None:
    """Everything that was answered 201 is in the database, once, and all fans have their seats."""
    async with server.runtime() as runtime:
        await assert_reconciled(runtime)
        async with runtime.postgres.transaction() as tx:
            for table in ("transfers", "orders", "payments"):
                said = [fact.id for fact in crowd.facts if fact.table == table]
                query = f"select count(*) as n from {table} where id = any(%(ids)s)"  # noqa: S608
                assert (await tx.fetch(query.encode(), ids=said))[0].n == len(set(said))
            bought = await tx.fetch(
                b"select user_id, count(*) as n from payments where user_id = any(%(fans)s)"
                b" group by user_id",
                fans=crowd.fans,
            )
            left = await tx.fetch(
                b"select user_id from wallets where user_id = any(%(fans)s) and balance <> 0",
                fans=crowd.fans,
            )
    assert {row.user_id: row.n for row in bought} == dict.fromkeys(crowd.fans, crowd.rounds)
    assert left == [], "topped up twice, or paid twice"
