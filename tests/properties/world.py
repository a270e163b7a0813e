"""The stage of the journey machine: one runtime for all examples, emptied before each of them."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from valkey import Valkey as BlockingValkey

from helpers.bank import Bank
from helpers.concerts import TEXT, load_concert
from helpers.fans import carried_out, only
from helpers.owner import as_owner
from helpers.reconcile import violations
from helpers.time_travel import travel
from properties.card_desk import CardDesk
from yemae.concerts.files.concert_file import parse
from yemae.http.test_bank.book import BOOK
from yemae.jobs import sweep
from yemae.jobs.sweep import Swept
from yemae.orders.order import Order
from yemae.refusals import EntryTokenExpired, Refusal
from yemae.runtime import Runtime, open_runtime
from yemae.sale import gate, hold, pay
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.decide_payments import Paid, PayRequest
from yemae.sale.spots import SpotsWanted
from yemae.settings import Settings
from yemae.waiting_room import counts, queue_numbers
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.tokens import EntryToken

Result = TypeVar("Result")

HALL, CLUB, PRESALE = "hall", "club", "hall-presale"
FANS = ("ann", "ben", "cho", "dae")
# Of each queue: of the general sale of both concerts, and of the hall's presale beside its own.
ACTIVE_LIMIT = {HALL: 2, CLUB: 1, PRESALE: 1}
SEATS = ("1", "2", "3", "4")
SPOTS = ("PIT-1", "PIT-2", "PIT-3")
PLACES = (*SEATS, *SPOTS)
SPOT_PRICE = 30_000
SEAT_LIMIT = 3
AREA = f"""
[[grades]]
name = "S"
price = {SPOT_PRICE}

[[areas]]
name = "PIT"
grade = "S"
capacity = {len(SPOTS)}
"""
SALES = f"""
[[sales]]
id = "{PRESALE}"
name = "Presale"
opens_at = 2026-01-01T00:00:00Z
seat_limit = 2
allotment = 3
active_limit = {ACTIVE_LIMIT[PRESALE]}
"""
ENTRY_TTL_S = 120
ABSENT_AFTER_S = 45

# Without the guards of what is never changed, and with all that names an order or a user.
EMPTY = (
    "set local session_replication_role = replica",
    """truncate orders, tickets, payments, checkouts, cancellations, refunds, wallets,
             transfers, users, scheduler_runs, queue_generations, seat_blocks, box_office_sales
       cascade""",
)
FREE = b"update seats set order_id = null, held_until = null where order_id is not null"
BALANCES = b"select user_id, balance from wallets"
STATUSES = b"select id, status from orders"
# Of orders that are over; the other laws are in helpers.reconcile.
KEPT_SEATS = b"""
    select s.number from seats as s join orders as o on o.id = s.order_id
    where o.status not in ('held', 'paid')"""


class World:
    """Runs the verbs as the HTTP layer would: every gate first, tokens as text."""

    def __init__(self, settings: Settings, runner: asyncio.Runner) -> None:
        self._runner = runner
        self.bank = Bank()
        self._settings = settings = settings.replace(port=self.bank.port, top_ups="card")
        self._open = AsyncExitStack()
        self.runtime = self.run(self._enter(settings))
        self.desk = CardDesk(self.runtime, self.bank)
        # A second look at what is stored; its driver's types are too wide to be of use.
        self.valkey: Any = BlockingValkey.from_url(
            settings.stores.valkey_url, decode_responses=True
        )
        self._minute = 0

    async def _enter(self, settings: Settings) -> Runtime:
        for concert_id, tables in ((HALL, AREA + SALES), (CLUB, AREA)):
            text = TEXT.format(
                concert_id=concert_id,
                seats=len(SEATS),
                seat_limit=SEAT_LIMIT,
                active_limit=ACTIVE_LIMIT[concert_id],
                admit_per_minute=60_000,
                entry_ttl_s=ENTRY_TTL_S,
                absent_after_s=ABSENT_AFTER_S,
            )
            await load_concert(settings, parse(text + tables, f"{concert_id}.toml"))
        runtime = await self._open.enter_async_context(open_runtime(settings))
        plan = (await runtime.plans.unpacked(runtime.catalogue.performance(f"{HALL}-1"))).plan
        (self._area,) = plan.areas
        await self._open.enter_async_context(self.bank.serve(runtime))
        return runtime

    def close(self) -> None:
        """Close the runtime."""
        self.run(self.desk.close())
        self.run(self._open.aclose())
        self.bank.close()
        self.valkey.close()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Carry something out on the one event loop."""
        return self._runner.run(work)

    def now(self) -> float:
        """Unix seconds in the runtime."""
        return self.runtime.now().timestamp()

    def travel(self, seconds: float) -> None:
        """Let time pass."""
        travel(self.runtime, seconds)

    # --- Emptying ---

    def begin_anew(self) -> None:
        """The runtime as it was before anybody came, at the present time."""
        self.travel(-self.runtime.postgres.clock_offset_s)
        self.desk.reach_bank(is_there=True)
        self.empty_valkey()
        self.runtime.last_known.clear()
        self.run(self._empty_postgres())

    def empty_valkey(self) -> None:
        """The waiting room loses everything. The bank's books are there too, and are kept: a bank
        has a store of its own."""
        kept = self.valkey.hgetall(BOOK)
        self.valkey.flushall()
        if kept:
            self.valkey.hset(BOOK, mapping=kept)

    async def _empty_postgres(self) -> None:
        as_owner(self._settings, *EMPTY)
        async with self.runtime.postgres.transaction() as tx:
            await tx.send(FREE)

    # --- Looking ---

    async def books(self) -> tuple[dict[str, list[object]], dict[str, int], dict[Any, str]]:
        """Violated laws, the balances, and the status of each order, as PostgreSQL has them."""
        broken = await violations(self.runtime)
        async with self.runtime.postgres.transaction() as tx:
            if kept := await tx.fetch(KEPT_SEATS):
                broken["an order that is over has no seats"] = [row.number for row in kept]
            balances, statuses = await tx.send(BALANCES), await tx.send(STATUSES)
            return broken, dict(await balances.rows()), dict(await statuses.rows())

    def numbers(self, concert_id: str, part: str) -> dict[str, int]:
        """User → number of those in the line, or of those inside."""
        key = dict(zip(PARTS, keys_of(concert_id), strict=True))[part]
        if part == "passes":
            return {user: int(number) for user, number in self.valkey.hgetall(key).items()}
        return {
            user: int(score) % queue_numbers.LANE
            for user, score in self.valkey.zrange(key, 0, -1, withscores=True)
        }

    def active(self, concert_id: str) -> int:
        """How many are inside."""
        return self.run(counts.snapshot(self.runtime.valkey, concert_id)).active

    # --- Doing ---

    async def gate(self, text: str, user_id: str, concert_id: str) -> EntryToken:
        """Show an entry token."""
        claimed = gate.claimed_pass(self.runtime, user_id, text, "", concert_id)
        return only(await carried_out(gate.check_entry(self.runtime, [claimed]))).entry

    async def is_open(self, entry: EntryToken) -> bool:
        """Whether the owner gets in with it."""
        try:
            await self.gate(self.runtime.tokens.sign_pass(entry), entry.user_id, entry.concert_id)
        except EntryTokenExpired:
            return False
        return True

    def hold_request(
        self, entry: EntryToken, date: int, numbers: list[str], standing: int, key: str | None
    ) -> HoldRequest:
        """The hold of seats, and of as many spots of the area, as `hold_seats` would make it."""
        queue = self.runtime.catalogue.queue(entry.concert_id)
        performance = self.runtime.catalogue.performance(f"{queue.concert_id}-{date}")
        area = self._area
        return HoldRequest(
            entry.pass_key,
            performance.id,
            performance.key,
            tuple(numbers),
            queue.seat_limit,
            queue.currency,
            key,
            phase_of=queue.phase_of,
            spots=(SpotsWanted(area.name, standing, area.entry_numbers),) if standing else (),
            allotment=queue.phase.allotment,
        )

    async def hold(self, requests: list[HoldRequest]) -> list[Order | Refusal]:
        """One batch of holds; their gates are behind them."""
        return await carried_out(hold.hold(self.runtime, requests)) if requests else []

    async def pay(self, request: PayRequest, *, is_open: bool) -> Paid | Refusal:
        """One payment, through an open gate or as the repeat of an earlier one."""
        if is_open:
            return (await carried_out(pay.pay(self.runtime, [request])))[0]
        try:
            return await pay.earlier_payment(self.runtime, request)
        except Refusal as refusal:
            return refusal

    async def sweep(self) -> Swept | None:
        """The :00 job of a minute that no process has taken."""
        self._minute += 1
        minute = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=self._minute)
        return await sweep.sweep(self.runtime, minute)
