"""What card payments of the journey machine should lead to, from what the bank has. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from yemae.http.test_bank.charges import CAPTURED, LATER, BankEntry
from yemae.payments.checkout import Checkout
from yemae.payments.provider import ChargeState
from yemae.values.pass_key import PassKey

MARGIN_S = 4.0


@dataclass
class Card:
    """A checkout as its fan knows it; `key` is the Idempotency-Key that it was begun with."""

    checkout: Checkout
    key: str

    @property
    def id(self) -> UUID:
        """The checkout's."""
        return self.checkout.id

    @property
    def is_over(self) -> bool:
        """Whether it is settled."""
        return self.checkout.settled_at is not None

    def has_lease(self, now: float) -> bool | None:
        """Whether the bank may have captured for what is still held; None near the end of it."""
        ends_at = self.checkout.lease_until
        if self.is_over or ends_at is None:
            return False
        left = ends_at.timestamp() - now
        return None if abs(left) < MARGIN_S else left > 0

    def is_about(self, order_id: UUID, pass_key: PassKey) -> bool:
        """Whether it keeps an order, or a pass, from being used for anything else."""
        own = self.checkout.pass_key
        if own is None:
            return False
        is_same_pass = own[:2] == pass_key[:2] and own.number >= pass_key.number
        return self.checkout.order_id == order_id or is_same_pass


def in_progress(
    cards: Iterable[Card], order_id: UUID, pass_key: PassKey, now: float
) -> bool | None:
    """Whether a card payment of this order or with this pass is not known yet."""
    found = {card.has_lease(now) for card in cards if card.is_about(order_id, pass_key)}
    return True if True in found else None if None in found else False


def expected_state(
    card: Card, entry: BankEntry | None, sells: bool | None, now: float, *, bank_is_there: bool
) -> str | None:
    """The state after the server has settled a checkout. `sells`: whether what it pays for can be
    sold at the moment, None for no opinion. `entry`: None for what the bank has never heard of."""
    checkout = card.checkout
    if sells is None:
        return None
    if not bank_is_there:
        was_never_asked = checkout.lease_until is None and checkout.state == "pending"
        return "pending" if not sells and was_never_asked else "in_doubt"
    state: ChargeState = "unknown" if entry is None else entry.state
    if not sells:
        return "declined" if state == "declined" else "cancelled"
    if entry is not None and state == "authorised":
        return _asked_to_capture(entry)
    if state == "unknown" and checkout.state == "in_doubt":
        may_arrive = card.has_lease(now)
        return may_arrive if may_arrive is None else "in_doubt" if may_arrive else "cancelled"
    return "pending" if state in ("open", "unknown") else state


def _asked_to_capture(entry: BankEntry) -> str:
    if entry.behaviour == "decline":
        return "declined"
    if entry.confirms == 0 and entry.behaviour in LATER:
        return "in_doubt"
    return "in_doubt" if entry.behaviour in CAPTURED else "captured"
