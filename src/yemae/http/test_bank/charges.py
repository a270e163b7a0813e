"""The rules of the test bank: what becomes of a charge, and how the bank misbehaves. Pure.

Always holds: a charge is captured once, at most its amount is given back, and what a key gave back
is given back once.
"""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

# What the fan chooses on the bank's page.
Behaviour = Literal[
    "accept", "webhook_only", "return_only", "decline", "time_out", "lose_answer", "lose_request",
    "late", "answer_twice", "close",
]  # fmt: skip
# How the bank answers a call: properly, never, with a fault, or "still at it".
Reply = Literal["answer", "hang", "fault", "processing"]
# How it answers the first call, which captures nothing, and a call that captures.
LATER: dict[Behaviour, Reply] = {"lose_request": "fault", "late": "processing"}
CAPTURED: dict[Behaviour, Reply] = {"time_out": "hang", "lose_answer": "fault"}


class BankEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A charge in the bank's books."""

    id: UUID
    amount: int
    currency: str
    return_url: str
    hook_url: str
    state: Literal["open", "authorised", "captured", "declined", "cancelled"] = "open"
    behaviour: Behaviour = "accept"
    reason: str | None = None
    confirms: int = 0
    captured: int = 0
    captured_at: datetime | None = None
    refunded: int = 0
    # What was given back, by the key of the call.
    refunds: dict[str, int] = {}


class Confirmed(NamedTuple):
    """A charge after a call, and how the bank answers the call."""

    entry: BankEntry
    reply: Reply


def chosen(entry: BankEntry, behaviour: Behaviour, reason: str | None) -> BankEntry:
    """A charge after its fan has chosen, once."""
    if entry.state != "open":
        return entry
    if behaviour == "close":
        return msgspec.structs.replace(entry, state="declined", reason="cancelled_by_fan")
    return msgspec.structs.replace(
        entry,
        state="authorised",
        behaviour=behaviour,
        reason=(reason or "card_declined") if behaviour == "decline" else None,
    )


def confirmed(entry: BankEntry, now: datetime) -> Confirmed:
    """A charge after the merchant asks to capture it."""
    if entry.state != "authorised":
        return Confirmed(entry, "answer")
    asked = msgspec.structs.replace(entry, confirms=entry.confirms + 1)
    if entry.behaviour == "decline":
        return Confirmed(msgspec.structs.replace(asked, state="declined"), "answer")
    if asked.confirms == 1 and entry.behaviour in LATER:
        return Confirmed(asked, LATER[entry.behaviour])
    captured = msgspec.structs.replace(
        asked, state="captured", captured=entry.amount, captured_at=now
    )
    return Confirmed(captured, CAPTURED.get(entry.behaviour, "answer"))


def cancelled(entry: BankEntry, amount: int | None, key: str) -> BankEntry | None:
    """A charge after the merchant gives money back or voids it; None: more than there is."""
    if key in entry.refunds or entry.state in ("declined", "cancelled"):
        return entry
    left = entry.captured - entry.refunded
    back = left if amount is None else amount
    if back > left:
        return None
    refunded = entry.refunded + back
    whole = refunded == entry.captured
    return msgspec.structs.replace(
        entry,
        state="cancelled" if whole else entry.state,
        refunded=refunded,
        refunds={**entry.refunds, key: back},
    )
