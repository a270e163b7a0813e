"""The waiting room: places, passes, presale codes, proofs of work."""

from dataclasses import dataclass
from datetime import datetime

from yemae.refusals.base import Refusal


@dataclass(eq=False)
class PrequeueBegun(Refusal):
    """Fans have been able to join since the prequeue opened, so the queue can no longer change
    between a draw and another method before the sale: numbers of both kinds would mix."""

    slug = "prequeue-begun"
    status = 409
    title = "Prequeue begun"


@dataclass(eq=False)
class SaleAlreadyOpen(Refusal):
    """The sale has opened already. A draw cannot be held again either, because its seed is public
    from the opening on."""

    slug = "sale-already-open"
    status = 409
    title = "Sale already open"


@dataclass(eq=False)
class QueueTokenInvalid(Refusal):
    """The Queue-Token header is missing, or is not a token that this server gave out."""

    slug = "queue-token-invalid"
    status = 401
    title = "Queue token invalid"


@dataclass(eq=False)
class QueueTokenExpired(Refusal):
    """This place in the line is over: it was given up, used, or ended by the operator, or its
    owner was away for longer than the concert allows. Join again for a new place."""

    slug = "queue-token-expired"
    status = 410
    title = "Queue token expired"


@dataclass(eq=False)
class QueueNotOpen(Refusal):
    """Nobody can join this queue yet. Come back at `opens_at`."""

    slug = "queue-not-open"
    status = 409
    title = "Queue not open yet"
    opens_at: datetime


@dataclass(eq=False)
class QueueClosed(Refusal):
    """This queue takes nobody new. Those who have a place keep it."""

    slug = "queue-closed"
    status = 409
    title = "Queue closed"


@dataclass(eq=False)
class PresaleCodeInvalid(Refusal):
    """This presale code opens no lane of the concert's queue."""

    slug = "presale-code-invalid"
    status = 403
    title = "Presale code invalid"


@dataclass(eq=False)
class ProofOfWorkRequired(Refusal):
    """Only a fan who has solved a challenge gets a new place in this concert's queue, or a new
    account: get a challenge from `GET /v1/concerts/{concert_id}/challenge`, or
    `GET /v1/users/challenge`, solve it, and send the solution as `altcha`."""

    slug = "proof-of-work-required"
    status = 403
    title = "Proof of work required"


@dataclass(eq=False)
class ProofOfWorkInvalid(Refusal):
    """This `altcha` solves no challenge for this that is still good: it is wrong, too old, or used
    already. Solve a new challenge."""

    slug = "proof-of-work-invalid"
    status = 403
    title = "Proof of work invalid"


@dataclass(eq=False)
class EntryTokenMissing(Refusal):
    """This call needs the Entry-Token header. Join the concert's queue and wait for your turn."""

    slug = "entry-token-missing"
    status = 403
    title = "Entry token missing"


@dataclass(eq=False)
class EntryTokenInvalid(Refusal):
    """The Entry-Token header is not a token that this server gave out."""

    slug = "entry-token-invalid"
    status = 403
    title = "Entry token invalid"


@dataclass(eq=False)
class EntryTokenExpired(Refusal):
    """Your time inside is over, or the pass was used for a payment. Join the queue again."""

    slug = "entry-token-expired"
    status = 403
    title = "Entry token expired"


@dataclass(eq=False)
class EntryTokenMismatch(Refusal):
    """The entry token belongs to another user or to another concert."""

    slug = "entry-token-mismatch"
    status = 403
    title = "Entry token belongs elsewhere"


@dataclass(eq=False)
class EntryProofInvalid(Refusal):
    """This pass is bound to a secret, and the Entry-Proof header is missing or is another one. Send
    the secret whose hash you gave when you joined. If you have lost it, join again with another:
    your place is the same."""

    slug = "entry-proof-invalid"
    status = 403
    title = "Entry proof invalid"
