"""Every refusal of Yemae: one class is one problem type.

A refusal is a value inside a batch and an exception outside it. `slug` becomes the problem's
`type` (`/problems/<slug>`), the docstring the page behind it, and the fields of the dataclass
are added to the problem document. Nothing here knows HTTP but the status number.
"""

from yemae.refusals.base import Refusal, soon_s
from yemae.refusals.identity import (
    ConsentRequired,
    EmailTaken,
    GuestKeyInvalid,
    GuestsClosed,
    OperatorRequired,
    SignUpClosed,
    Unauthenticated,
    WrongCredentials,
)
from yemae.refusals.money import BalanceLimitExceeded, InsufficientBalance
from yemae.refusals.queue import (
    EntryProofInvalid,
    EntryTokenExpired,
    EntryTokenInvalid,
    EntryTokenMismatch,
    EntryTokenMissing,
    PrequeueBegun,
    PresaleCodeInvalid,
    ProofOfWorkInvalid,
    ProofOfWorkRequired,
    QueueClosed,
    QueueNotOpen,
    QueueTokenExpired,
    QueueTokenInvalid,
    SaleAlreadyOpen,
)
from yemae.refusals.request import (
    BodyTooLarge,
    FieldError,
    HeadTooLarge,
    IdempotencyConflict,
    IdempotencyKeyRequired,
    InvalidRequest,
    MalformedBody,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    RequestTimeout,
    TargetTooLong,
)
from yemae.refusals.sale import (
    BlockNotFound,
    ConcertNotFound,
    OrderAlreadyPaid,
    OrderExpired,
    OrderNotFound,
    OrderNotHeld,
    PerformanceNotFound,
    PriceTypeUnavailable,
    SaleClosed,
    SeatInTheWay,
    SeatLimitExceeded,
    SeatNotFound,
    SeatsInTheWay,
    SeatsUnavailable,
    SeatTaken,
)
from yemae.refusals.server import InternalError, Overloaded, StoreUnavailable

__all__ = [
    "BalanceLimitExceeded",
    "BlockNotFound",
    "BodyTooLarge",
    "ConcertNotFound",
    "ConsentRequired",
    "EmailTaken",
    "EntryProofInvalid",
    "EntryTokenExpired",
    "EntryTokenInvalid",
    "EntryTokenMismatch",
    "EntryTokenMissing",
    "FieldError",
    "GuestKeyInvalid",
    "GuestsClosed",
    "HeadTooLarge",
    "IdempotencyConflict",
    "IdempotencyKeyRequired",
    "InsufficientBalance",
    "InternalError",
    "InvalidRequest",
    "MalformedBody",
    "MalformedRequest",
    "MethodNotAllowed",
    "NotFound",
    "OperatorRequired",
    "OrderAlreadyPaid",
    "OrderExpired",
    "OrderNotFound",
    "OrderNotHeld",
    "Overloaded",
    "PerformanceNotFound",
    "PrequeueBegun",
    "PresaleCodeInvalid",
    "PriceTypeUnavailable",
    "ProofOfWorkInvalid",
    "ProofOfWorkRequired",
    "QueueClosed",
    "QueueNotOpen",
    "QueueTokenExpired",
    "QueueTokenInvalid",
    "RateLimited",
    "Refusal",
    "RequestTimeout",
    "SaleAlreadyOpen",
    "SaleClosed",
    "SeatInTheWay",
    "SeatLimitExceeded",
    "SeatNotFound",
    "SeatTaken",
    "SeatsInTheWay",
    "SeatsUnavailable",
    "SignUpClosed",
    "StoreUnavailable",
    "TargetTooLong",
    "Unauthenticated",
    "WrongCredentials",
    "all_refusals",
    "soon_s",
]


def all_refusals() -> list[type[Refusal]]:
    """Every problem type, in the order of the modules here."""
    return Refusal.__subclasses__()
