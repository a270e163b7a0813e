"""The composition root: opens the stores and builds one frozen House that everything works in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from yemae.accounts.access import Issuer, Passwords
from yemae.concerts.catalogue import Catalogue
from yemae.refusals import StoreUnavailable
from yemae.settings import Settings
from yemae.store.postgres import Postgres
from yemae.store.valkey import Valkey
from yemae.waiting_room.board import Board
from yemae.waiting_room.tokens import TokenKeys

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class House:
    """The open stores and everything that is made once."""

    settings: Settings
    postgres: Postgres
    valkey: Valkey
    catalogue: Catalogue
    issuer: Issuer
    passwords: Passwords
    tokens: TokenKeys
    board: Board
    # Ids grow with time (UUID version 7), so that newest first is an index's own order.
    new_id: Callable[[], UUID] = uuid7

    def now(self) -> datetime:
        """The wall clock of this process, for what the stores do not decide."""
        return datetime.fromtimestamp(self.issuer.signer.now(), UTC)


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """Open the stores named in the settings, with a catalogue that keeps itself fresh."""
    postgres = Postgres(settings)
    valkey = Valkey(settings)
    catalogue = Catalogue(postgres)
    house = House(
        settings,
        postgres,
        valkey,
        catalogue,
        Issuer(settings.secret_key, settings.access_token_ttl_s),
        Passwords(settings.password_hash_callers_max),
        TokenKeys(settings.secret_key, settings.queue_token_ttl_s),
        Board(valkey, settings.queue_snapshot_ms / 1000),
    )
    await postgres.open()
    try:
        await catalogue.refresh()
        refreshing = asyncio.create_task(_keep_fresh(house), name="catalogue")
        try:
            yield house
        finally:
            refreshing.cancel()
            with suppress(asyncio.CancelledError):
                await refreshing
    finally:
        await valkey.close()
        await postgres.close()


async def _keep_fresh(house: House) -> None:
    while True:
        await asyncio.sleep(house.settings.catalogue_refresh_s)
        try:
            await house.catalogue.refresh()
        except StoreUnavailable:
            log.warning("catalogue not refreshed: the database is away")
        except Exception:
            log.exception("catalogue not refreshed")
