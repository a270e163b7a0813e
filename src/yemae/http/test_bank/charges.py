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
# What the bank does when it is asked to give money back: at once, later, not to this card, not for
# want of the shop's own money, or at once and without an answer.
RefundBehaviour = Literal["settle", "accept", "decline", "no_funds", "lose_answer"]
ANSWERED: dict[RefundBehaviour, Literal["accepted", "declined", "no_funds"]] = {
    "accept": "accepted", "decline": "declined", "no_funds": "no_funds",
}  # fmt: skip
# How the bank answers a call: properly, never, with a fault, or "still at it".
Reply = Literal["answer", "hang", "fault", "processing"]
# How it answers the first call, which captures nothing, and a call that captures.
LATER: dict[Behaviour, Reply] = {"lose_request": "fault", "late": "processing"}
CAPTURED: dict[Behaviour, Reply] = {"time_out": "hang", "lose_answer": "fault"}


class EntryRefund(msgspec.Struct, frozen=True):
    """Money that went back, or was to; the key is that of the call."""

    key: str
    amount: int
    state: Literal["settled", "accepted", "declined", "no_funds"] = "settled"
    reason: str | None = None


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
    refund_behaviour: RefundBehaviour = "settle"
    refunds: list[EntryRefund] = []


class Confirmed(NamedTuple):
    """A charge after a call, and how the bank answers the call."""

    entry: BankEntry
    reply: Reply


class BankRefunded(NamedTuple):
    """A charge after a call to give back, what the call is answered, and how."""

    entry: BankEntry
    refund: EntryRefund
    reply: Reply


def chosen(
    entry: BankEntry,
    behaviour: Behaviour,
    reason: str | None,
    refund_behaviour: RefundBehaviour = "settle",
) -> BankEntry:
    """A charge after its fan has chosen, once."""
    if entry.state != "open":
        return entry
    entry = msgspec.structs.replace(entry, refund_behaviour=refund_behaviour)
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


def cancelled(entry: BankEntry, key: str) -> BankEntry:
    """A charge after the merchant voids it, or has all given back."""
    if entry.state in ("declined", "cancelled"):
        return entry
    given = EntryRefund(key, entry.captured - entry.refunded)
    refunds = [*entry.refunds, given] if given.amount else entry.refunds
    return msgspec.structs.replace(
        entry, state="cancelled", refunded=entry.captured, refunds=refunds
    )


def refunded(entry: BankEntry, amount: int, key: str) -> BankRefunded:
    """A charge after the merchant gives an amount back; a repeat of the key is answered as before.
    More than there is is declined."""
    known = next((each for each in entry.refunds if each.key == key), None)
    if known is not None:
        return BankRefunded(entry, known, "answer")
    behaviour = entry.refund_behaviour
    if amount > entry.captured - entry.refunded:
        given = EntryRefund(key, amount, "declined", "more_than_captured")
    elif behaviour == "decline":
        given = EntryRefund(key, amount, "declined", "card_closed")
    else:
        given = EntryRefund(key, amount, ANSWERED.get(behaviour, "settled"))
    back = amount if given.state in ("settled", "accepted") else 0
    after = msgspec.structs.replace(
        entry, refunded=entry.refunded + back, refunds=[*entry.refunds, given]
    )
    if after.captured and after.refunded == after.captured:
        after = msgspec.structs.replace(after, state="cancelled")
    return BankRefunded(after, given, "fault" if behaviour == "lose_answer" else "answer")


def paid_out(entry: BankEntry) -> BankEntry:
    """A charge once the refunds that were accepted have reached the card."""
    refunds = [
        msgspec.structs.replace(each, state="settled") if each.state == "accepted" else each
        for each in entry.refunds
    ]
    return msgspec.structs.replace(entry, refunds=refunds)
