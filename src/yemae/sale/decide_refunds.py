"""What becomes of a refund to a card: pure decisions over rows that are locked.

Always holds: its money has left the wallet for the provider while it is not declined, and is back
at the refunds account from the moment at which it is; no answer decides nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from yemae.payments.checkout import ACCOUNT
from yemae.payments.checkouts import CardPayment
from yemae.payments.provider import DISPUTE_LOST, GivenBack
from yemae.payments.refunds import Refund, taken
from yemae.sale.decide_checkouts import HANDED_OVER_AGAIN, IN_DOUBT_MAX, NO_ANSWER, look_again
from yemae.wallet.decide import REFUNDS, Kind, Transfer

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


def to_source(refund: Refund, card: CardPayment | None, made: Sequence[Refund]) -> Refund:
    """A new refund to the card that paid the order, as far as that still can take it; otherwise to
    the wallet. `made` are the refunds of before."""
    if card is None:
        return refund
    sent = taken([each for each in made if each.checkout_id == card.id])
    if refund.amount > card.amount - sent:
        return refund
    return refund._replace(
        destination="checkout",
        checkout_id=card.id,
        state="pending",
        settled_at=None,
        look_at=refund.created_at,
    )


def payout(refund: Refund, provider: str, ledger: Ledger) -> Transfer:
    """Money that was given back to the wallet leaves it for the provider."""
    account, left = ACCOUNT.format(provider), ledger.balance - refund.amount
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
