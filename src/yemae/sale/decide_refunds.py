"""Where refunds go, and what becomes of one to a card: pure decisions over rows that are locked.

Always holds: what goes back to a card or in cash is at most what it paid; the money of a refund to
a card has left the wallet for the provider while it is not declined, and is back at the refunds
account from the moment at which it is; no answer decides nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from yemae.payments.checkout import ACCOUNT
from yemae.payments.checkouts import CardPayment
from yemae.payments.provider import DISPUTE_LOST, GivenBack
from yemae.payments.refunds import Destination, Refund, taken
from yemae.sale.decide_checkouts import HANDED_OVER_AGAIN, IN_DOUBT_MAX, NO_ANSWER, look_again
from yemae.wallet.decide import CASH, REFUNDS, Kind, Transfer

# How long a provider may take to pay out what it has accepted, before it is handed over.
ACCEPTED_MAX = timedelta(days=3)
# Who asked for a refund that was made in the provider's dashboard, or by a dispute that was lost.
ELSEWHERE, DISPUTE = "{}:dashboard", "{}:dispute"


class Ledger(NamedTuple):
    """What lines of the ledger need: whose they are, and the wallet's balance before them."""

    user_id: str
    balance: int
    new_id: Callable[[], UUID]

    def line(
        self, refund: Refund, kind: Kind, account: str, balance: int, now: datetime
    ) -> Transfer:
        """A line for a refund, to this account or, for `refund`, from it."""
        is_out = kind == "payout"
        return Transfer(
            id=self.new_id(),
            user_id=self.user_id,
            kind=kind,
            from_account=self.user_id if is_out else account,
            to_account=account if is_out else self.user_id,
            amount=refund.amount,
            balance_after=balance,
            order_id=refund.order_id,
            idempotency_key=None,
            created_at=now,
        )


class Source(NamedTuple):
    """What paid an order and is not the wallet: a card, or cash at the box office. `account` is its
    account in the ledger."""

    amount: int
    account: str = CASH
    checkout_id: UUID | None = None

    @property
    def destination(self) -> Destination:
        """Where a refund to it goes."""
        return "cash" if self.checkout_id is None else "checkout"


class Share(NamedTuple):
    """A part of what goes back."""

    to: Destination
    amount: int


def shares(amount: int, source: Source | None, made: Sequence[Refund]) -> list[Share]:
    """An amount by where it goes: to what paid the order, as far as that was not given back yet,
    and the rest to the wallet, which paid what moves to dearer seats have charged. `made` are the
    refunds of before."""
    if source is None:
        parts = [Share("wallet", amount)]
    else:
        sent = taken([each for each in made if each.destination == source.destination])
        back = max(0, min(amount, source.amount - sent))
        parts = [Share(source.destination, back), Share("wallet", amount - back)]
    return [part for part in parts if part.amount]


def split(
    refund: Refund, source: Source | None, made: Sequence[Refund], new_id: Callable[[], UUID]
) -> list[Refund]:
    """A new refund to the wallet, in its shares."""
    first, *rest = shares(refund.amount, source, made)
    parts = [refund._replace(amount=first.amount)]
    if source is not None and first.to != "wallet":
        asked = None if source.checkout_id is None else refund.created_at
        parts = [
            parts[0]._replace(
                destination=first.to, checkout_id=source.checkout_id, state="pending",
                settled_at=None, look_at=asked,
            )
        ]  # fmt: skip
    for share in rest:
        parts.append(
            refund._replace(
                id=new_id(), amount=share.amount, idempotency_key=None, instead_of=None,
                part_of=refund.id,
            )
        )  # fmt: skip
    return parts


def payout(refund: Refund, account: str, ledger: Ledger) -> Transfer:
    """Money that was given back to the wallet leaves it for this account."""
    left = ledger.balance - refund.amount
    return ledger.line(refund, "payout", account, left, refund.created_at)


def given(refund: Refund, ledger: Ledger) -> Transfer:
    """Money of the refunds account comes into the wallet."""
    after = ledger.balance + refund.amount
    return ledger.line(refund, "refund", REFUNDS, after, refund.created_at)


def taken_back(refund: Refund, provider: str, ledger: Ledger, now: datetime) -> list[Transfer]:
    """The provider did not pay it out: its money waits in the refunds account for the next
    attempt."""
    account, between = ACCOUNT.format(provider), ledger.balance + refund.amount
    return [
        ledger.line(refund, "refund", account, between, now),
        ledger.line(refund, "payout", REFUNDS, ledger.balance, now),
    ]


def after_answer(refund: Refund, answer: GivenBack | None, now: datetime) -> Refund:
    """The refund after what the provider said; None: nothing that can be relied on. A refund that
    was paid out can only turn out to have been declined after all."""
    if refund.state == "declined" or (
        refund.state == "settled" and (answer is None or answer.state != "declined")
    ):
        return refund
    if answer is None:
        return _open(refund._replace(state="in_doubt", failure=NO_ANSWER), IN_DOUBT_MAX, now)
    refund = refund._replace(reference=answer.reference or refund.reference)
    match answer.state:
        case "settled":
            return refund._replace(
                state="settled", settled_at=now, failure=None, look_at=None, handed_over_at=None
            )
        case "accepted":
            return _open(refund._replace(state="pending", failure=None), ACCEPTED_MAX, now)
        case "no_funds":
            failure = "no_funds"
        case "declined":
            failure = answer.reason or "declined"
    return refund._replace(
        state="declined", settled_at=None, failure=failure, look_at=None, handed_over_at=None
    )


def _open(refund: Refund, cap: timedelta, now: datetime) -> Refund:
    """It is looked at again, later and later; past its cap it is handed over to the operators."""
    is_past = refund.created_at + cap <= now
    again = HANDED_OVER_AGAIN if is_past else look_again(refund.attempts - 1)
    return refund._replace(
        look_at=now + again, handed_over_at=refund.handed_over_at or (now if is_past else None)
    )


def made_elsewhere(listed: Sequence[GivenBack], known: Sequence[Refund]) -> list[GivenBack]:
    """Those refunds at the provider that no row of ours is about."""
    ids, references = {each.id for each in known}, {each.reference for each in known}
    return [
        each
        for each in listed
        if each.key not in ids
        and each.reference not in references
        and each.state in ("settled", "accepted")
    ]


def recorded(
    elsewhere: GivenBack, refund_id: UUID, order_id: UUID, card: CardPayment, now: datetime
) -> Refund:
    """The row of a refund that was made in the provider's dashboard. It is for no cancellation."""
    who = (DISPUTE if elsewhere.reason == DISPUTE_LOST else ELSEWHERE).format(card.provider)
    return Refund(
        refund_id, order_id, None, elsewhere.amount, "checkout", card.id, "settled",
        elsewhere.reason, who, now, now, reference=elsewhere.reference,
    )  # fmt: skip
