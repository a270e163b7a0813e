"""The composition root: `Stores` for commands and jobs, `Runtime` for a server process.

Both are frozen and made once. A command opens `Stores`, which start no background work; a `Runtime`
is those stores with all that answering requests needs, kept fresh in the background.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from yemae.accounts import passkeys, passwords
from yemae.accounts.access import Issuer
from yemae.accounts.limits import AccountLimit, SignInLimit
from yemae.accounts.logins.logins import Logins
from yemae.accounts.passwords import Passwords, Turns
from yemae.accounts.throttles import (
    MailLimits,
    PasskeyLimits,
    code_limit,
    mail_limits,
    passkey_limits,
)
from yemae.base.rate_limit import Latest, Shares
from yemae.base.shared_folder import SHARED_FOLDER
from yemae.base.signing import Signer
from yemae.concerts.catalogue import Catalogue, Concert
from yemae.concerts.details import DetailsCache
from yemae.concerts.draw_seeds import DrawSeeds
from yemae.concerts.grade_counts import GradeCounts
from yemae.concerts.posters import Posters
from yemae.concerts.presale_codes import PresaleCodes
from yemae.concerts.seat_list import SeatLists
from yemae.concerts.seat_map.availability import Availability
from yemae.concerts.seat_map.plans import Plans
from yemae.orders.ticket_code import TicketSigner
from yemae.orders.ticket_link import TicketLinks
from yemae.payments.provider import Provider
from yemae.payments.providers import provider_of
from yemae.phone_tickets.links import PhoneTickets, phone_tickets_of
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store.health import StoreHealth
from yemae.store.node_clock import NodeClock
from yemae.store.postgres import Postgres
from yemae.store.throttle import Throttle
from yemae.store.valkey import Valkey
from yemae.terms.terms import PublishedTerms
from yemae.waiting_room.board import SNAPSHOT_S, Board
from yemae.waiting_room.challenges import Challenges
from yemae.waiting_room.pace import Pace
from yemae.waiting_room.pass_ends import PassEnds
from yemae.waiting_room.process_load import Load
from yemae.waiting_room.seen_passes import SeenPasses
from yemae.waiting_room.tokens import TokenKeys
from yemae.webhooks.events import Listeners

CANCEL_AGAIN_S = 1.0
# How soon a process notices that concerts or the controls of their queues changed.
CATALOGUE_REFRESH_S = 0.5
METRICS_AGE_S, EXAMINED_S = 1.0, 20.0
# How soon a process notices that seats were blocked or released, where a share depends on it.
FOR_SALE_S = 5.0
# Transactions of checkouts at once that begin something, and as many that write what a provider has
# said: each is of one fan, and holds must find connections left.
CHECKOUTS_AT_ONCE = 1
NEW_TURNS = partial(asyncio.Semaphore, CHECKOUTS_AT_ONCE)

log = structlog.get_logger(__name__)


class LastKnown(NamedTuple):
    """A queue's numbers at the latest tick of this process. -1 seats: not counted yet."""

    active: int
    waiting: int
    seats_unsold: int = -1


class Paces(NamedTuple):
    """How often the fans of a concert ask, before and after the opening."""

    concert: Concert
    stretch: float
    opens_at_s: float
    before: Pace
    open: Pace


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The open stores and what is known of the concerts. Nothing of it works in the background."""

    settings: Settings
    postgres: Postgres
    valkey: Valkey
    clock: NodeClock
    catalogue: Catalogue
    board: Board
    load: Load = field(default_factory=Load)
    listeners: Listeners = field(default_factory=Listeners)
    seen_passes: SeenPasses = field(repr=False)
    # Of each concert, as of the latest admission tick of this process.
    last_known: dict[str, LastKnown] = field(default_factory=dict, repr=False)
    # Until when an empty queue is not ticked, by the monotonic clock; a join removes the entry.
    empty_until_s: dict[str, float] = field(default_factory=dict, repr=False)
    # The queues whose seats have changed since the last count, as far as this process knows.
    uncounted: set[str] = field(default_factory=set, repr=False)
    # When the seats of a queue change by themselves, in Unix seconds of PostgreSQL's clock.
    counts_due_s: dict[str, float] = field(default_factory=dict, repr=False)
    # Made anew when the concert's settings or the stretch change; polls ask all the time.
    paces: dict[str, Paces] = field(default_factory=dict, repr=False)

    def new_id(self) -> UUID:
        """Ids grow with time (UUID version 7), so that newest first is an index's own order."""
        return self.clock.new_id()

    def now(self) -> datetime:
        """The waiting room's time: Valkey's, as this process keeps it between two looks."""
        return datetime.fromtimestamp(self.clock.now_s(), UTC)


@dataclass(frozen=True, kw_only=True)
class Runtime(Stores):
    """The stores, and everything else that a server process makes once."""

    plans: Plans
    details: DetailsCache
    posters: Posters
    availability: Availability
    issuer: Issuer
    logins: Logins
    passwords: Passwords
    sign_in_limit: SignInLimit
    account_limit: AccountLimit
    tokens: TokenKeys
    challenges: Challenges
    ticket_signer: TicketSigner
    ticket_links: TicketLinks
    phone_tickets: PhoneTickets
    link_limits: MailLimits
    reset_limits: MailLimits
    confirmation_limits: MailLimits
    passkey_challenges: Signer
    passkey_limits: PasskeyLimits
    # Codes of second factors, by account.
    code_limit: Throttle
    presale_codes: PresaleCodes
    health: StoreHealth
    # None: no card payment.
    provider: Provider | None = None
    checkout_turns: asyncio.Semaphore = field(default_factory=NEW_TURNS, repr=False)
    # What was captured does not wait behind all those who have just come back.
    settle_turns: asyncio.Semaphore = field(default_factory=NEW_TURNS, repr=False)
    # A large hall takes a processor for a second or more, and operators draw it again and again.
    drawing_turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    terms: PublishedTerms = field(default_factory=PublishedTerms)
    seat_lists: SeatLists = field(default_factory=SeatLists)
    grade_counts: GradeCounts = field(default_factory=GradeCounts)
    for_sale: dict[int, Latest[int]] = field(default_factory=dict, repr=False)
    # What operators see, each by its id and for all who look at it.
    sales_reports: dict[str, Latest[Any]] = field(default_factory=dict, repr=False)
    live_views: dict[str, Any] = field(default_factory=dict, repr=False)
    examination: Latest[Any] = field(default_factory=lambda: Latest(EXAMINED_S), repr=False)
    troubles: dict[str, Latest[Any]] = field(default_factory=dict, repr=False)
    money_reports: dict[str, Latest[Any]] = field(default_factory=dict, repr=False)
    closing_reports: dict[str, Latest[Any]] = field(default_factory=dict, repr=False)
    seats_shown: dict[int, Latest[Any]] = field(default_factory=dict, repr=False)
    streams: Shares = field(default_factory=Shares)
    metrics: Latest[bytes] = field(default_factory=lambda: Latest(METRICS_AGE_S))


@asynccontextmanager
async def open_stores(settings: Settings, *, uses_valkey: bool = True) -> AsyncIterator[Stores]:
    """Open the stores named in the settings, and read the catalogue once. Valkey gets no
    connection where it is not used."""
    async with Postgres(settings) as postgres, Valkey(settings) as valkey:
        catalogue = Catalogue(postgres, DrawSeeds(settings.stores.secret_key))
        stores = Stores(
            settings=settings,
            postgres=postgres,
            valkey=valkey,
            clock=NodeClock(postgres, valkey),
            catalogue=catalogue,
            board=Board(valkey, SNAPSHOT_S, partial(_lanes, catalogue)),
            seen_passes=SeenPasses(_pass_ends(settings)),
        )
        await stores.clock.measure(asks_valkey=uses_valkey)
        await catalogue.refresh()
        await stores.listeners.refresh(postgres)
        yield stores


@asynccontextmanager
async def open_runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """Open the stores and keep what is in memory fresh, in the background."""
    async with open_stores(settings) as stores:
        runtime = _runtime_of(stores)
        await runtime.issuer.sign_outs.refresh(runtime.postgres)
        await runtime.terms.refresh(runtime.postgres)
        async with running(
            runtime.clock.keep_measuring(),
            _keep_fresh(runtime),
            runtime.board.keep_fresh(),
            runtime.load.keep_measuring(),
            runtime.postgres.keep_watching(),
            *runtime.availability.works(),
            *runtime.logins.works(),
        ):
            try:
                yield runtime
            finally:
                await runtime.health.close()
                await runtime.logins.close()
                if runtime.provider is not None:
                    await runtime.provider.close()


def _runtime_of(stores: Stores) -> Runtime:
    settings, key, now_s = stores.settings, stores.settings.stores.secret_key, stores.clock.now_s
    plans = Plans(stores.postgres, stores.catalogue)
    challenges = Challenges(key, counter_max=settings.queue.challenge_counter_max)
    logins = Logins(settings, stores.valkey, now_s)
    return Runtime(
        **vars(stores),
        plans=plans,
        details=DetailsCache(stores.postgres, stores.catalogue),
        posters=Posters(stores.postgres, stores.catalogue),
        availability=Availability(settings, stores.postgres, stores.clock, stores.catalogue, plans),
        issuer=Issuer(
            key, settings.accounts.access_token_ttl_s, clock=now_s, own_tokens=logins.own_tokens
        ),
        logins=logins,
        passwords=Passwords(Turns(passwords.CALLERS_MAX, passwords.CALLERS_PER_ADDRESS_MAX)),
        sign_in_limit=SignInLimit(stores.valkey),
        account_limit=AccountLimit(stores.valkey, settings.new_accounts_max(), challenges.kept_s),
        tokens=TokenKeys(key, settings.queue.queue_token_ttl_s, now_s),
        challenges=challenges,
        ticket_signer=TicketSigner(key),
        ticket_links=TicketLinks(key),
        phone_tickets=phone_tickets_of(settings, now_s),
        link_limits=mail_limits(stores.valkey, "lost-links"),
        reset_limits=mail_limits(stores.valkey, "resets"),
        confirmation_limits=mail_limits(stores.valkey, "confirmations"),
        passkey_challenges=Signer(key, passkeys.PURPOSE, now_s),
        passkey_limits=passkey_limits(stores.valkey),
        code_limit=code_limit(stores.valkey),
        presale_codes=PresaleCodes(key),
        health=StoreHealth(settings),
        provider=provider_of(settings),
    )


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Have endless works run beside the block, and end them after it."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        while unfinished := [task for task in tasks if not task.done()]:
            for task in unfinished:
                task.cancel()
            # Again after a while: a driver may take a cancellation for a time-out of its own.
            await asyncio.wait(unfinished, timeout=CANCEL_AGAIN_S)


def _pass_ends(settings: Settings) -> PassEnds | None:
    """Those of all processes of this server; None where it has others that are out of reach."""
    if folder := os.environ.get(SHARED_FOLDER):
        return PassEnds.in_folder(Path(folder))
    return PassEnds.of_one_process() if settings.server.workers == 1 else None


def _lanes(catalogue: Catalogue, concert_id: str) -> int:
    """How many lanes a queue has, the general one included."""
    concert = catalogue.queues.get(concert_id)
    return 1 if concert is None else 1 + len(concert.lanes)


async def _keep_fresh(runtime: Runtime) -> None:
    while True:
        await asyncio.sleep(CATALOGUE_REFRESH_S)
        try:
            await runtime.catalogue.refresh()
            await runtime.issuer.sign_outs.refresh(runtime.postgres)
            await runtime.terms.refresh(runtime.postgres)
            await runtime.listeners.refresh(runtime.postgres)
        except StoreUnavailable:
            log.warning("catalogue not refreshed: the database is away")
        except Exception:
            log.exception("catalogue not refreshed")
