"""Every way Yemae says no: one class is one problem type.

A refusal is a value inside a batch and an exception outside it. `slug` becomes the problem's
`type` (`/problems/<slug>`), the docstring the page behind it, and the fields of the dataclass
are added to the problem document. Nothing here knows HTTP beyond the status number. The file is
long because every way is in it, so that all can be looked through at once.
"""

import random
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import ClassVar

from yemae.values import money

# Who is refused for a fault of ours is told to come back after a time between these, by lot.
SOON_MIN_S, SOON_MAX_S = 2, 5


def soon_s() -> int:
    """Seconds until another try, spread so that those who were refused together do not come back
    together. Polls have intervals of their own (polls.py)."""
    return random.randint(SOON_MIN_S, SOON_MAX_S)  # noqa: S311 - no secret


@dataclass(eq=False)
class Refusal(Exception):
    """The request was understood and is refused."""

    slug: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "Refused"

    def __str__(self) -> str:
        return self.detail()

    def detail(self) -> str:
        """One sentence for people: what is wrong and, where there is one, the way out."""
        return type(self).explanation()

    def extra(self) -> dict[str, object]:
        """The fields that this problem adds to the standard ones."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def retry_after_s(self) -> int | None:
        """Seconds after which asking again makes sense, or None where it does not."""
        return getattr(self, "retry_s", None)

    @classmethod
    def explanation(cls) -> str:
        """What the problem's page says: the docstring as one paragraph."""
        return " ".join((cls.__doc__ or "").split())


# --- The request itself ---------------------------------------------------------------------


@dataclass(eq=False)
class FieldError:
    """One wrong field of a request."""

    field: str
    detail: str


@dataclass(eq=False)
class InvalidRequest(Refusal):
    """A field of the request is missing, unknown, of the wrong type, or outside its limits."""

    slug = "invalid-request"
    status = 422
    title = "Invalid request"
    errors: list[FieldError]

    def detail(self) -> str:
        """Name every field and what was expected of it."""
        return "; ".join(f"{error.field}: {error.detail}" for error in self.errors)

    @classmethod
    def of(cls, field: str, detail: str) -> "InvalidRequest":
        """Refuse for one field."""
        return cls([FieldError(field, detail)])

    def extra(self) -> dict[str, object]:
        """`errors`: a list of `{field, detail}`."""
        return {"errors": [{"field": e.field, "detail": e.detail} for e in self.errors]}


@dataclass(eq=False)
class MalformedBody(Refusal):
    """The body is not JSON in UTF-8."""

    slug = "malformed-body"
    status = 400
    title = "Malformed body"
    reason: str

    def detail(self) -> str:
        """Say where the JSON breaks."""
        return f"The body is not JSON in UTF-8: {self.reason}"

    def extra(self) -> dict[str, object]:
        """Nothing: the reason is in the detail."""
        return {}


@dataclass(eq=False)
class BodyTooLarge(Refusal):
    """The body is longer than the server reads."""

    slug = "body-too-large"
    status = 413
    title = "Body too large"
    limit_bytes: int

    def detail(self) -> str:
        """Name the limit."""
        return f"The body may be at most {self.limit_bytes} bytes."


@dataclass(eq=False)
class HeadTooLarge(Refusal):
    """The request line and the headers are longer, or of more fields, than the server reads."""

    slug = "head-too-large"
    status = 431
    title = "Request header fields too large"
    limit_bytes: int
    limit_fields: int

    def detail(self) -> str:
        """Name the limits."""
        return (
            f"The request line and the headers may be at most {self.limit_bytes} bytes and "
            f"{self.limit_fields} fields."
        )


@dataclass(eq=False)
class TargetTooLong(Refusal):
    """The address with its query is longer than the server reads."""

    slug = "target-too-long"
    status = 414
    title = "URI too long"
    limit_bytes: int

    def detail(self) -> str:
        """Name the limit."""
        return f"The address with its query may be at most {self.limit_bytes} bytes."


@dataclass(eq=False)
class MalformedRequest(Refusal):
    """The request breaks the rules of HTTP/1.1, or is in another version, so that where it ends is
    not certain. The connection is closed."""

    slug = "malformed-request"
    status = 400
    title = "Malformed request"


@dataclass(eq=False)
class RequestTimeout(Refusal):
    """The request did not arrive in time."""

    slug = "request-timeout"
    status = 408
    title = "Request timeout"
    limit_s: int

    def detail(self) -> str:
        """Name the limit."""
        return f"The request has to arrive within {self.limit_s} s."


@dataclass(eq=False)
class NotFound(Refusal):
    """There is nothing at this address."""

    slug = "not-found"
    status = 404
    title = "Not found"


@dataclass(eq=False)
class MethodNotAllowed(Refusal):
    """This address exists, and answers to other methods; the Allow header lists them."""

    slug = "method-not-allowed"
    status = 405
    title = "Method not allowed"
    allowed: list[str]


@dataclass(eq=False)
class IdempotencyKeyRequired(Refusal):
    """This call moves money in, so it needs an Idempotency-Key header: any text of 1 to 255
    visible ASCII characters that is new for each top-up and the same for each retry of it."""

    slug = "idempotency-key-required"
    status = 400
    title = "Idempotency-Key required"


@dataclass(eq=False)
class IdempotencyConflict(Refusal):
    """This Idempotency-Key was used before with other parameters. Use a new key for a new
    request."""

    slug = "idempotency-conflict"
    status = 409
    title = "Idempotency-Key used with other parameters"


# --- Who you are ----------------------------------------------------------------------------


@dataclass(eq=False)
class Unauthenticated(Refusal):
    """The Authorization header with a valid, unexpired access token is missing. Sign in and
    send it as `Authorization: Bearer <access_token>`."""

    slug = "unauthenticated"
    status = 401
    title = "Sign in first"


@dataclass(eq=False)
class OperatorRequired(Refusal):
    """Only an operator may do this: sign in again after `yemae users grant-operator`, or let your
    own login put the role `operator` into the access token."""

    slug = "operator-required"
    status = 403
    title = "Operators only"


@dataclass(eq=False)
class WrongCredentials(Refusal):
    """The email address and the password do not belong together."""

    slug = "wrong-credentials"
    status = 401
    title = "Wrong email address or password"


@dataclass(eq=False)
class SignUpClosed(Refusal):
    """Nobody can make an account here. Those who have one can sign in."""

    slug = "sign-up-closed"
    status = 403
    title = "Sign-up closed"


@dataclass(eq=False)
class GuestsClosed(Refusal):
    """Nobody can go on as a guest here: sign in first. Those who are guests already stay so."""

    slug = "guests-closed"
    status = 403
    title = "No guests"


@dataclass(eq=False)
class GuestKeyInvalid(Refusal):
    """This is no key of a guest, or one that has ended: guests who sign out everywhere end their
    keys, too. Go on as a new guest, or sign in."""

    slug = "guest-key-invalid"
    status = 401
    title = "Guest key invalid"


@dataclass(eq=False)
class EmailTaken(Refusal):
    """Somebody has already signed up with this email address."""

    slug = "email-taken"
    status = 409
    title = "Email address taken"


@dataclass(eq=False)
class RateLimited(Refusal):
    """Too many requests of this kind from here. Wait for the time in Retry-After."""

    slug = "rate-limited"
    status = 429
    title = "Too many requests"
    retry_s: int

    def extra(self) -> dict[str, object]:
        """Nothing: Retry-After carries the time."""
        return {}


# --- The waiting room -----------------------------------------------------------------------


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


# --- Concerts, seats and orders -------------------------------------------------------------


@dataclass(eq=False)
class ConcertNotFound(Refusal):
    """There is no concert with this id."""

    slug = "concert-not-found"
    status = 404
    title = "No such concert"


@dataclass(eq=False)
class PerformanceNotFound(Refusal):
    """There is no performance with this id."""

    slug = "performance-not-found"
    status = 404
    title = "No such performance"


@dataclass(eq=False)
class SaleClosed(Refusal):
    """This performance has begun, so its seats are no longer sold."""

    slug = "sale-closed"
    status = 409
    title = "Sale closed"


@dataclass(eq=False)
class SeatNotFound(Refusal):
    """The performance has no seat with this number."""

    slug = "seat-not-found"
    status = 404
    title = "No such seat"
    seats: list[str]

    def detail(self) -> str:
        """Name the seats."""
        return f"This performance has no seat {', '.join(self.seats)}."


@dataclass(eq=False)
class SeatTaken(Refusal):
    """Somebody else holds or has bought a seat of this request. Nothing was held: choose other
    seats and try again."""

    slug = "seat-taken"
    status = 409
    title = "Seat taken"
    seats: list[str]

    def detail(self) -> str:
        """Name the seats that are gone."""
        return f"Already taken: {', '.join(self.seats)}. Nothing was held; choose other seats."


@dataclass(eq=False)
class SeatsUnavailable(Refusal):
    """There are not so many seats of this grade side by side any more. Nothing was held: ask for at
    most `largest`, which may be 0, or for another grade."""

    slug = "seats-unavailable"
    status = 409
    title = "Not so many seats side by side"
    grade: str
    count: int
    largest: int

    def detail(self) -> str:
        """Say how many there are."""
        return (
            f"There are no {self.count} seats of grade {self.grade} side by side any more, at most "
            f"{self.largest}. Nothing was held."
        )


@dataclass(eq=False)
class SeatLimitExceeded(Refusal):
    """With these seats you would have more than the concert allows one fan per performance,
    held and paid seats together."""

    slug = "seat-limit-exceeded"
    status = 409
    title = "Seat limit exceeded"
    limit: int

    def detail(self) -> str:
        """Name the limit."""
        return f"One fan may have at most {self.limit} seats of one performance, held or paid."


@dataclass(eq=False)
class OrderNotFound(Refusal):
    """You have no order with this id."""

    slug = "order-not-found"
    status = 404
    title = "No such order"


@dataclass(eq=False)
class OrderNotHeld(Refusal):
    """The order does not hold its seats, so it can be neither paid nor released."""

    slug = "order-not-held"
    status = 409
    title = "Order not held"
    order_status: str

    def detail(self) -> str:
        """Name the status that the order has instead."""
        return f"The order is {self.order_status}; only a held order can be paid or released."

    def extra(self) -> dict[str, object]:
        """Send `order_status` as `order_status` only: `status` is the problem's HTTP status."""
        return {"order_status": self.order_status}


@dataclass(eq=False)
class OrderExpired(Refusal):
    """The time to pay for this order ran out, and its seats are free again. Nothing was
    charged."""

    slug = "order-expired"
    status = 410
    title = "Order expired"


@dataclass(eq=False)
class OrderAlreadyPaid(Refusal):
    """This order is paid. Nothing was charged again."""

    slug = "order-already-paid"
    status = 409
    title = "Order already paid"


# --- Money ----------------------------------------------------------------------------------


@dataclass(eq=False)
class InsufficientBalance(Refusal):
    """The wallet holds less than the order costs. Nothing was charged: top up and pay again
    before the hold ends."""

    slug = "insufficient-balance"
    status = 402
    title = "Balance too low"
    balance: int
    required: int
    currency: str

    def detail(self) -> str:
        """Name both amounts."""
        balance = money.amount(self.balance, self.currency)
        required = money.amount(self.required, self.currency)
        return f"The wallet holds {balance} and the order costs {required}."


@dataclass(eq=False)
class BalanceLimitExceeded(Refusal):
    """The wallet would hold more than a wallet may."""

    slug = "balance-limit-exceeded"
    status = 409
    title = "Balance limit exceeded"
    limit: int
    currency: str

    def detail(self) -> str:
        """Name the limit."""
        return f"A wallet holds {money.amount(self.limit, self.currency)} at most."


# --- The server -----------------------------------------------------------------------------


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


def all_refusals() -> list[type[Refusal]]:
    """Every problem type, in the order of this file."""
    return Refusal.__subclasses__()
