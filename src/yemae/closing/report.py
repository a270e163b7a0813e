"""Makes the closing report of a concert, and writes into the log who took one along."""

import asyncio
from typing import NamedTuple

from yemae.closing import facts
from yemae.closing.facts import ACTION, Facts
from yemae.closing.seal import Sealed, seal
from yemae.concerts import controls
from yemae.runtime import Stores


class MadeReport(NamedTuple):
    """What a report says, and its one file."""

    facts: Facts
    sealed: Sealed

    @property
    def file_name(self) -> str:
        """Of the file, where none is given."""
        return f"{self.facts.concert_id}-closing-report.zip"


async def make(stores: Stores, concert_id: str) -> MadeReport:
    """The report as it is now. Nothing is changed. Raises ConcertNotFound, StoreUnavailable."""
    found = await facts.gather(stores, concert_id)
    # Beside the event loop, which a large sale would hold up.
    sealed = await asyncio.to_thread(seal, found, stores.settings.stores.secret_key)
    return MadeReport(found, sealed)


async def note_handed_out(stores: Stores, who: str, report: MadeReport) -> None:
    """Write into the log that an operator took a report along, with its digest."""
    details = {"sha256": report.sealed.digest, "holds": report.facts.holds}
    concert_id = report.facts.concert_id
    async with stores.postgres.transaction() as tx:
        await controls.log(tx, stores.new_id(), concert_id, who, ACTION, details)
