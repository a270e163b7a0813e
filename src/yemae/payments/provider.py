"""What a payment provider can be asked for. `providers/` has one file for each.

Always holds: an answer that is not known is an `UnclearError`, never a refusal. A call for the same
charge may be repeated: its id is what the provider's idempotency goes by.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

# How far a refund has come at the provider: paid out, accepted and on its way, refused, or refused
# because the operator's own account there has too little.
GivenBackState = Literal["settled", "accepted", "declined", "no_funds"]
# What became of a charge: the fan has not paid on the provider's page, has, the money was captured,
# was refused, was voided or given back, or the provider knows no such charge.
ChargeState = Literal["open", "authorised", "captured", "declined", "cancelled", "unknown"]


# A dispute (chargeback) that is not decided, that we have won, or that the cardholder has.
DisputeState = Literal["open", "won", "lost"]
# The reason of a refund that a lost dispute has made.
DISPUTE_LOST = "dispute_lost"


class UnclearError(Exception):
    """The provider gave no answer that says what it did: it may have done what it was asked."""


class RefusedError(Exception):
    """A provider has done nothing, and says why in one of its codes; for its own module."""

    def __init__(self, code: str, status: int | None = None) -> None:
        super().__init__(f"the provider refused: {code}")
        self.code, self.status = code, status


class SignatureError(Exception):
    """A webhook that this provider did not send, or that was changed."""


class Charge(NamedTuple):
    """What is to be paid; the id is ours, the reference the provider's."""

    id: UUID
    amount: int
    currency: str
    method: str
    reference: str | None = None


class Started(NamedTuple):
    """A charge that the provider knows, and where the fan pays it: a URL, or a path of ours."""

    redirect_url: str
    reference: str | None = None


class Found(NamedTuple):
    """What the provider says of a charge. `amount` is what was captured, `refunded` what of it went
    back."""

    state: ChargeState
    amount: int = 0
    currency: str = ""
    reason: str | None = None
    refunded: int = 0


class GivenBack(NamedTuple):
    """A refund as the provider knows it. The key is the id of ours; None: it was made in the
    provider's dashboard. The reference is the provider's."""

    key: UUID | None
    reference: str | None
    amount: int
    state: GivenBackState
    reason: str | None = None


class Disputed(NamedTuple):
    """A payment that its cardholder disputes, as the provider knows it."""

    reference: str
    amount: int
    state: DisputeState
    reason: str | None = None


class Settlement(NamedTuple):
    """A captured charge in the provider's own list."""

    id: UUID
    amount: int
    refunded: int
    captured_at: datetime
    currency: str
    is_disputed: bool = False


class PageParameters(NamedTuple):
    """What the script of a provider without a page of its own is given, on a page of ours."""

    store: str
    channel: str


class Provider(Protocol):
    """One payment provider. Every call may raise UnclearError, and ends in a limited time."""

    name: str
    # None: fans pay on a page of the provider's.
    page: PageParameters | None
    # Of the methods that a fan may choose, those that it takes.
    methods: tuple[str, ...]
    # Whether what is paid is real money; without it tickets are had for nothing.
    moves_money: bool

    async def start(self, charge: Charge, return_url: str) -> Started:
        """Register the charge, and the page that the fan comes back to."""
        ...

    async def confirm(self, charge: Charge) -> Found:
        """Capture what the fan has authorised, once however often it is asked."""
        ...

    async def look_up(self, charge: Charge) -> Found:
        """What became of the charge."""
        ...

    async def cancel(self, charge: Charge, key: str) -> Found:
        """Void a charge, or give all back of what was captured, once for each key. A voided charge
        can't be captured later."""
        ...

    async def refund(self, charge: Charge, amount: int, key: UUID) -> GivenBack:
        """Give an amount of captured money back, once for each key. A provider may forget a key
        after a day: what was asked before is found in `refunds`."""
        ...

    async def refunds(self, charge: Charge) -> list[GivenBack]:
        """All refunds of a charge, those of the provider's dashboard too."""
        ...

    async def disputes(self, charge: Charge) -> list[Disputed]:
        """All disputes of a charge. `refunds` has those that were lost, with DISPUTE_LOST."""
        ...

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> UUID | None:
        """The charge that a webhook is about; None: about something else. Raises
        SignatureError."""
        ...

    async def settlements(self, since: datetime, until: datetime) -> list[Settlement]:
        """The provider's list of what it captured in a time."""
        ...

    async def check(self) -> bool:
        """Ask whether it takes our keys, without a payment. Returns whether money moves with
        them."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...
