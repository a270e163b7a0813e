"""The rows of payments that are announced: to the fan by mail, to a system of the operator by
webhook.

`pay_announced`: the mail server and the webhook's receiver answer at once. `pay_beside_slow_mail`,
`pay_beside_slow_webhook`: one of the two answers after SLOW_S, which is longer than a webhook is
waited for.

Each run begins when the payments ahead of it are being sent: a quick receiver has some of them, a
slow one keeps senders waiting. There are enough of them that letters are sent for longer than the
run takes, so no row depends on when the jobs process looks for letters.

Always holds: before each run everything has arrived. After a slow one the outbox holds a letter, or
an event, for each payment of the run. Then the receivers (`bench/receivers.py`) are quick again,
and everything that is paid arrives there, exactly once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
import psycopg
from psycopg.rows import class_row

from bench.beside import program_beside
from bench.crowd import crowd_of
from bench.load import ANSWER_WAIT_S, HOST, LoadError, ask, drive, get, post
from bench.receivers import HOOKS, Received, ReceivedByBoth
from bench.rounds import Probe
from bench.sale import Sale, are_paid, pay_request
from bench.serving import Bench, free_port
from bench.timed import Effort, Shot, timed
from yemae.accounts.access import OPERATOR

ANNOUNCED = ("pay_announced", "pay_beside_slow_mail", "pay_beside_slow_webhook")
AIM = 0.95
SLOW_S = 11.0
# What a run pays at most, and what is paid before it.
PAYMENTS = 2_000
AHEAD = 400
BEGUN_WAIT_S = 30.0
# A letter takes the jobs process 10 to 30 ms, and what was put off has its pauses.
ARRIVES_WITHIN_S = 300.0
LOOK_EVERY_S = 0.2
BOOKS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

Slow = Literal["mail", "webhooks"]
RECEIVERS: tuple[Slow, ...] = ("mail", "webhooks")


class Addresses(NamedTuple):
    """Where the receivers are: the port of HTTP, and the settings of a server that knows them."""

    port: int
    variables: dict[str, str]


class Books(NamedTuple):
    """What is paid, and what of it has arrived."""

    paid: int
    letters_waiting: int
    letters_sent: int
    events_waiting: int
    events_sent: int

    def waiting(self, slow: Slow) -> int:
        """What one of the receivers has not taken."""
        return self.letters_waiting if slow == "mail" else self.events_waiting


class Announced:
    """Measures, each time with new fans."""

    def __init__(
        self,
        bench: Bench,
        effort: Effort,
        sale: Sale,
        port: int,
        *,
        payments: int = PAYMENTS,
        ahead: int = AHEAD,
    ) -> None:
        self._bench = bench
        self._effort = effort
        self._sale = sale
        self._port = port
        self._payments = payments
        self._ahead = ahead
        self._is_listening = False

    async def pay(self) -> Shot:
        """One run with good receivers."""
        return await self._run(None)

    async def beside_slow_mail(self) -> Shot:
        """One run with a slow mail server."""
        return await self._run("mail")

    async def beside_slow_webhook(self) -> Shot:
        """One run with a slow receiver of webhooks."""
        return await self._run("webhooks")

    async def _run(self, slow: Slow | None) -> Shot:
        await self._listen()
        fans, orders = await self._sale.payable(self._ahead + self._payments)
        requests = [
            pay_request(fan, order, msgspec.json.encode({"email": f"{fan.user_id}@example.com"}))
            for fan, order in zip(fans, orders, strict=True)
        ]
        before, received = await self._books(), await self._ask(get("/received"))
        if slow:
            await self._ask(post(f"/slow/{slow}"))
        await self._pay_ahead(requests[: self._ahead], orders[: self._ahead])
        await self._until_begun(slow, received)
        is_good = are_paid(orders[self._ahead :])
        shot = await timed(self._bench, requests[self._ahead :], is_good, self._effort)
        if slow:
            await self._require_kept(slow, before)
        await self._ask(post("/quick"))
        await self.require_arrived_once()
        return shot

    async def _listen(self) -> None:
        """Add the endpoint. The server process that is asked knows it at once, the others within
        half a second, which is less than the fans of the first run take."""
        if self._is_listening:
            return
        self._is_listening = True
        async with crowd_of(self._bench) as crowd:
            operator = crowd.authorization("bench-operator", OPERATOR)
        wanted = {"url": f"http://{HOST}:{self._port}{HOOKS}", "events": ["order.paid"]}
        body = msgspec.json.encode(wanted)
        await ask(self._bench.port, post("/v1/admin/webhooks", body, authorization=operator))

    async def _pay_ahead(self, requests: list[bytes], orders: list[str]) -> None:
        run = await drive(
            self._bench.port, requests, seconds=ANSWER_WAIT_S, check=are_paid(orders),
            connections=min(len(requests), self._effort.connections), warm_up_s=0.0,
        )  # fmt: skip
        if run.good != len(requests):
            raise LoadError(f"payments ahead: {run.statuses}")

    async def _until_begun(self, slow: Slow | None, before: ReceivedByBoth) -> None:
        """Wait until both are sent to: a quick one has something new, the slow one holds it."""

        async def has_begun(receiver: Slow) -> bool:
            now: Received = getattr(await self._ask(get("/received")), receiver)
            already: Received = getattr(before, receiver)
            return now.held > 0 if receiver == slow else now.ids > already.ids

        async with within(BEGUN_WAIT_S, "not both are sent to"):
            for receiver in RECEIVERS:
                while not await has_begun(receiver):  # noqa: ASYNC110
                    await asyncio.sleep(LOOK_EVERY_S)

    async def _require_kept(self, slow: Slow, before: Books) -> None:
        """Raise LoadError unless the outbox has what the slow one could not take."""
        books = await self._books()
        letters = books.letters_waiting + books.letters_sent
        events = books.events_waiting + books.events_sent
        if {letters, events} != {books.paid}:
            raise LoadError(f"not everything that is paid is kept or has arrived: {books}")
        if books.waiting(slow) != books.paid - before.paid:
            raise LoadError(f"what is slow has taken something: {books}, before {before}")

    async def require_arrived_once(self) -> None:
        """Wait until nothing is kept. Raise LoadError unless each payment has arrived once."""
        async with within(ARRIVES_WITHIN_S, "something has not arrived"):
            while (books := await self._books()).letters_waiting or books.events_waiting:  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY_S)
        both = await self._ask(get("/received"))
        arrived = {(each.ids, each.again) for each in (both.mail, both.webhooks)}
        if arrived != {(books.paid, 0)}:
            raise LoadError(f"not everything has arrived once: {books}, {both}")

    async def _ask(self, request: bytes) -> ReceivedByBoth:
        return msgspec.convert(await ask(self._port, request), ReceivedByBoth)

    async def _books(self) -> Books:
        url = self._bench.settings.stores.database_url
        async with await psycopg.AsyncConnection.connect(
            url, autocommit=True, row_factory=class_row(Books)
        ) as connection:
            row = await (await connection.execute(BOOKS.encode())).fetchone()
        assert row is not None
        return row


def announced_payment(bench: Bench, effort: Effort, port: int) -> list[Probe]:
    """The rows of a server with the receivers at this port."""
    announced = Announced(bench, effort, Sale(bench, effort), port)
    good, mail, webhook = ANNOUNCED
    slow_mail = f"payments beside a mail server that answers after {SLOW_S:.0f} s"
    slow_webhook = f"payments beside a webhook's receiver that answers after {SLOW_S:.0f} s"
    return [
        Probe(good, "payments, each with a mail and a webhook", announced.pay),
        Probe(mail, slow_mail, announced.beside_slow_mail, good, AIM),
        Probe(webhook, slow_webhook, announced.beside_slow_webhook, good, AIM),
    ]


@asynccontextmanager
async def within(seconds: float, otherwise: str) -> AsyncIterator[None]:
    """Raise LoadError with this reason when it takes longer."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise LoadError(f"{otherwise} after {seconds:.0f} s") from None


@asynccontextmanager
async def receivers_beside(slow_s: float = SLOW_S) -> AsyncIterator[Addresses]:
    """Receivers that answer at once, so far."""
    mail_port = free_port()
    options = ("--mail-port", str(mail_port), "--slow-s", str(slow_s))
    async with program_beside("bench.receivers", *options) as port:
        variables = {
            "YEMAE_SMTP_URL": f"smtp+plain://{HOST}:{mail_port}",
            "YEMAE_MAIL_FROM": "Bench <bench@example.com>",
            "YEMAE_WEBHOOK_ADDRESSES": "any",
        }
        yield Addresses(port, variables)
