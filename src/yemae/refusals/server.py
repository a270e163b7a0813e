"""The server cannot answer now, or had a fault."""

from dataclasses import dataclass, field

from yemae.refusals.base import Refusal, soon_s


@dataclass(eq=False)
class Overloaded(Refusal):
    """More requests are waiting than the server can answer in time. Nothing was done; try again
    after the time in Retry-After."""

    slug = "overloaded"
    status = 503
    title = "Overloaded"
    retry_s: int = field(default_factory=soon_s)

    def extra(self) -> dict[str, object]:
        """Nothing: Retry-After carries the time."""
        return {}


@dataclass(eq=False)
class StoreUnavailable(Refusal):
    """A store that this call needs cannot be reached at the moment. Try again after the time in
    Retry-After; use the same Idempotency-Key, because the request may have been carried out."""

    slug = "store-unavailable"
    status = 503
    title = "Temporarily unavailable"
    retry_s: int = field(default_factory=soon_s)
    # A row was locked elsewhere for too long, and nothing was done; the store itself is well. Not a
    # field: it is nothing that a client sees.
    is_locked = False

    def extra(self) -> dict[str, object]:
        """Nothing: Retry-After carries the time."""
        return {}


@dataclass(eq=False)
class InternalError(Refusal):
    """The server met a fault of its own, and has logged it under this instance."""

    slug = "internal-error"
    status = 500
    title = "Internal error"
