"""The books of the test bank in Valkey: each change of a charge goes by what it was before."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import msgspec

from yemae.http.test_bank.charges import BankEntry
from yemae.refusals import Overloaded
from yemae.runtime import Runtime
from yemae.store.scripts import script

BOOK = "yemae:test-bank"
KEPT_S = 30 * 86_400
TRIES = 20
ENTRIES = msgspec.json.Decoder(list[BankEntry])

Outcome = TypeVar("Outcome")


@script(__file__, ("book",))
def list_charges_lua(*, charge: str) -> str: ...
@script(__file__, ("book",))
def write_charge_lua(*, charge: str, before: str, after: str, kept_s: int) -> str: ...


async def read(runtime: Runtime, charge_id: UUID | None = None) -> list[BankEntry]:
    """All charges, or the one of this id."""
    wanted = "" if charge_id is None else str(charge_id)
    found: str = await runtime.valkey.run(list_charges_lua(charge=wanted), [BOOK])
    return ENTRIES.decode(found)


async def add(runtime: Runtime, entry: BankEntry) -> BankEntry:
    """Write a new charge; one that is there stays as it is. Returns what is there."""
    if await _write(runtime, entry.id, "", entry):
        return entry
    (there,) = await read(runtime, entry.id)
    return there


async def change(
    runtime: Runtime, charge_id: UUID, of: Callable[[BankEntry], tuple[BankEntry, Outcome]]
) -> tuple[BankEntry, Outcome] | None:
    """Change a charge by a pure function, and give what it says beside; None: no such charge."""
    for _ in range(TRIES):
        found = await read(runtime, charge_id)
        if not found:
            return None
        after, outcome = of(found[0])
        before = msgspec.json.encode(found[0]).decode()
        if after == found[0] or await _write(runtime, charge_id, before, after):
            return after, outcome
    raise Overloaded


async def _write(runtime: Runtime, charge_id: UUID, before: str, after: BankEntry) -> bool:
    text = msgspec.json.encode(after).decode()
    call = write_charge_lua(charge=str(charge_id), before=before, after=text, kept_s=KEPT_S)
    return await runtime.valkey.run(call, [BOOK]) == "written"
