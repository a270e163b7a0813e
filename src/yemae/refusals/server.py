"""Refusals for the server's own reasons: load, a store that is away, a fault."""

from dataclasses import dataclass, field

from yemae.refusals.base import Refusal, soon_s


@dataclass(eq=False)
class Overloaded(Refusal):
    """More requests are waiting than the server can answer in time. Nothing was done; retry after
    the time in Retry-After."""

    slug = "overloaded"
    status = 503
    title = "Overloaded"
    retry_s: int = field(default_factory=soon_s)

    def extra(self) -> dict[str, object]:
        """Nothing: Retry-After carries the time."""
        return {}


@dataclass(eq=False)
class StoreUnavailable(Refusal):
    """A store that this call needs cannot be reached. Retry after the time in Retry-After, with the
    same Idempotency-Key, because the request may have been carried out."""

    slug = "store-unavailable"
    status = 503
    title = "Temporarily unavailable"
    retry_s: int = field(default_factory=soon_s)
    # A row lock timed out, nothing was done, and the store itself is healthy. Not a field, because
    # clients do not see it.
    is_locked = False

    def extra(self) -> dict[str, object]:
        """Nothing: Retry-After carries the time."""
        return {}


@dataclass(eq=False)
class InternalError(Refusal):
    """The server failed, and has logged the cause under this instance."""

    slug = "internal-error"
    status = 500
    title = "Internal error"
