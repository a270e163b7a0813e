"""Refusals of the waiting room: places, passes, presale codes, proofs of work."""

from dataclasses import dataclass
from datetime import datetime

from yemae.refusals.base import Refusal


@dataclass(eq=False)
class PrequeueBegun(Refusal):
    """The prequeue has opened, so the queueing method can no longer change to or from `draw` before
    the sale opens: drawn numbers and numbers in turn would mix."""

    slug = "prequeue-begun"
    status = 409
    title = "Prequeue already open"


@dataclass(eq=False)
class SaleAlreadyOpen(Refusal):
    """The sale is open already, so this is no longer possible."""

    slug = "sale-already-open"
    status = 409
    title = "Sale already open"


@dataclass(eq=False)
class QueueTokenInvalid(Refusal):
    """The Queue-Token header is missing, or this server did not issue the token."""

    slug = "queue-token-invalid"
    status = 401
    title = "Queue token invalid"


@dataclass(eq=False)
class QueueTokenExpired(Refusal):
    """This place in the queue has ended: it was given up, used, or revoked by the operator, or its
    fan was absent for longer than the concert allows. Join again for a new place."""

    slug = "queue-token-expired"
    status = 410
    title = "Queue token expired"


@dataclass(eq=False)
class QueueNotOpen(Refusal):
    """This queue is not open yet. Join at `opens_at`."""

    slug = "queue-not-open"
    status = 409
    title = "Queue not open yet"
    opens_at: datetime


@dataclass(eq=False)
class QueueClosed(Refusal):
    """This queue gives out no new places. Fans who have a place keep it."""

    slug = "queue-closed"
    status = 409
    title = "Queue closed"


@dataclass(eq=False)
class PresaleCodeInvalid(Refusal):
    """This presale code belongs to no lane, and to no presale that can be joined now."""

    slug = "presale-code-invalid"
    status = 403
    title = "Presale code invalid"


@dataclass(eq=False)
class PresaleCodeRequired(Refusal):
    """This sale is a presale: it is for fans with a presale code or with a group that the organizer
    gave them. Send the code as `presale_code`, or join when the sale for all fans opens."""

    slug = "presale-code-required"
    status = 403
    title = "Presale code required"


@dataclass(eq=False)
class ProofOfWorkRequired(Refusal):
    """A new place in this concert's queue, or a new account, needs a proof of work: get a challenge
    from `GET /v1/concerts/{concert_id}/challenge`, or `GET /v1/users/challenge`, solve it, and send
    the solution as `altcha`."""

    slug = "proof-of-work-required"
    status = 403
    title = "Proof of work required"


@dataclass(eq=False)
class ProofOfWorkInvalid(Refusal):
    """The solution in `altcha` is wrong, too old, used already, or for another challenge. Solve a
    new challenge."""

    slug = "proof-of-work-invalid"
    status = 403
    title = "Proof of work invalid"


@dataclass(eq=False)
class EntryTokenMissing(Refusal):
    """This call needs the Entry-Token header. Join the concert's queue and wait until you are
    admitted."""

    slug = "entry-token-missing"
    status = 403
    title = "Entry token missing"


@dataclass(eq=False)
class EntryTokenInvalid(Refusal):
    """This server did not issue the token in the Entry-Token header."""

    slug = "entry-token-invalid"
    status = 403
    title = "Entry token invalid"


@dataclass(eq=False)
class EntryTokenExpired(Refusal):
    """The entry token has expired, or was used for a payment. Join the queue again."""

    slug = "entry-token-expired"
    status = 403
    title = "Entry token expired"


@dataclass(eq=False)
class EntryTokenMismatch(Refusal):
    """The entry token belongs to another user or to another concert, or to a phase of the sale that
    does not sell this performance."""

    slug = "entry-token-mismatch"
    status = 403
    title = "Entry token belongs elsewhere"


@dataclass(eq=False)
class EntryProofInvalid(Refusal):
    """The entry token is bound to a secret, and the Entry-Proof header is missing or wrong. Send
    the secret whose hash was sent when joining. If it is lost, join again with another: the place
    stays the same."""

    slug = "entry-proof-invalid"
    status = 403
    title = "Entry proof invalid"
