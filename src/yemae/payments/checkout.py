"""An attempt to pay an order, or a top-up, through a payment provider."""

from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from yemae.payments.provider import Charge
from yemae.values.pass_key import PassKey

State = Literal["pending", "captured", "declined", "cancelled", "in_doubt"]
# What the ledger calls a provider; no user id starts with @.
ACCOUNT = "@provider:{}"


class Checkout(NamedTuple):
    """A checkout as it is stored; the columns are explained in the schema."""

    id: UUID
    user_id: str
    # None: a top-up.
    order_id: UUID | None
    concert_id: str | None
    pass_number: int | None
    provider: str
    method: str
    amount: int
    currency: str
    state: State
    reason: str | None
    reference: str | None
    redirect_url: str | None
    terms: str | None
    idempotency_key: str | None
    created_at: datetime
    expires_at: datetime
    hold_ends_at: datetime | None = None
    lease_until: datetime | None = None
    busy_until: datetime | None = None
    attempts: int = 0
    look_at: datetime | None = None
    handed_over_at: datetime | None = None
    settled_at: datetime | None = None
    transfer_id: UUID | None = None

    @property
    def pass_key(self) -> PassKey | None:
        """The pass that the order is paid with; None: a top-up."""
        if self.concert_id is None or self.pass_number is None:
            return None
        return PassKey(self.concert_id, self.user_id, self.pass_number)

    @property
    def charge(self) -> Charge:
        """What the provider is asked about."""
        return Charge(self.id, self.amount, self.currency, self.method, self.reference)

    def settled(
        self, state: State, at: datetime, reason: str | None, transfer_id: UUID | None = None
    ) -> "Checkout":
        """The same at its end: nothing is asked about it any more."""
        return self._replace(
            state=state, settled_at=at, reason=reason, transfer_id=transfer_id, lease_until=None,
            busy_until=None, look_at=None,
        )  # fmt: skip


class LockedCheckout(NamedTuple):
    """A checkout once its lock was had. A busy one is locked elsewhere, and only its id known."""

    id: UUID
    now: datetime
    is_busy: bool
    checkout: Checkout | None
