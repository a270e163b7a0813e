"""What an operation is: a typed handler together with everything that the API page says of it.

`OPERATIONS` lists in the noun files (users, queue, concerts, orders, wallet, admin, …) are the
contract; the routes, openapi.json and the mock server are all made from them.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

import msgspec

from yemae.base.validation import field_fault
from yemae.concerts.queue_settings import CHOICES
from yemae.concerts.seat_blocks import REASON_WORDS
from yemae.refusals import (
    BodyTooLarge,
    HeadTooLarge,
    InternalError,
    InvalidRequest,
    MalformedBody,
    MalformedRequest,
    NotFound,
    Overloaded,
    Refusal,
    RequestTimeout,
    StoreUnavailable,
    TargetTooLong,
)
from yemae.sale.figures import Step, TimedCall

# Of every answer: a browser must not guess another type than the one that is said.
NOSNIFF = (b"x-content-type-options", b"nosniff")
# Of an answer with a secret or with what is kept of a fan: no cache has it.
UNSTORED = (b"cache-control", b"no-store")
# The problems of every operation that reads a body.
OF_BODIES = (InvalidRequest, MalformedBody, BodyTooLarge, RequestTimeout)


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every request body: unknown fields are refused."""

    # Of exactly one of these groups at least one field has to be there; for the API page, the body
    # checks it itself.
    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()


class EventStream(NamedTuple):
    """Events as they come; an empty one only asks whether the client still listens. `release`
    gives back what the stream had taken."""

    events: AsyncGenerator[bytes, None]
    release: Callable[[], None]
    lifetime_s: float


class Answer(NamedTuple):
    """What a handler gives back. `value` is a struct, or bytes that are JSON already; a `stream`
    is sent as it comes, with the headers of all streams."""

    status: int
    value: object = None
    headers: tuple[tuple[bytes, bytes], ...] = ()
    stream: EventStream | None = None


class Parameter(NamedTuple):
    """A header or query parameter as the API page shows it."""

    name: str
    place: str
    description: str
    schema: Mapping[str, object]
    required: bool = False


class Shown(NamedTuple):
    """One successful answer as the API page shows it. `kind` None means no body.

    An answer of several shapes names an example for each in `examples`, the usual one first.
    """

    status: int
    description: str
    kind: Any = None
    example: object = None
    media_type: str = "application/json"
    headers: tuple[str, ...] = ()
    examples: Mapping[str, object] = MappingProxyType({})


# What every operation may answer; the first three before its handler is called.
ALWAYS: tuple[type[Refusal], ...] = (
    MalformedRequest,
    TargetTooLong,
    HeadTooLarge,
    Overloaded,
    StoreUnavailable,
    InternalError,
)


@dataclass(frozen=True, eq=False)
class Operation:
    """One method of one path. There is one of each, so it is compared as that."""

    name: str
    method: str
    path: str
    tag: str
    summary: str
    handler: "Callable[[Any], Awaitable[Answer]]"
    answers: tuple[Shown, ...]
    problems: tuple[type[Refusal], ...] = ()
    parameters: tuple[Parameter, ...] = ()
    body: type[Body] | None = None
    body_example: object = None
    # Whether the whole body may be left out.
    body_is_optional: bool = False
    # Whether the call needs a bearer token; shown as the security scheme.
    signed_in: bool = False
    description: str = ""
    # Gives the handler's answer where that takes no wait and nothing but the head, or else None.
    at_once: "Callable[[Any], Answer | None] | None" = None
    # Its refusals are counted with the concert that the call names, at this step of the fan.
    step: Step | None = None
    # The history has its latencies, by this name.
    timed_as: TimedCall | None = None

    def declared(self) -> tuple[type[Refusal], ...]:
        """Every refusal that this operation may answer with. A path with a character that cannot be
        seen is no path of ours."""
        return (*self.problems, *((NotFound,) if "{" in self.path else ()), *ALWAYS)


QUEUE_TOKEN = Parameter(
    "Queue-Token", "header", "Your place in line, from POST queue-tokens.", {"type": "string"}, True
)
ENTRY_TOKEN = Parameter(
    "Entry-Token",
    "header",
    "Your pass, from GET /v1/queue-tokens/me once admitted.",
    {"type": "string"},
    True,
)
ENTRY_PROOF = Parameter(
    "Entry-Proof",
    "header",
    "The secret that the pass is bound to, if it is bound to one: see `proof_sha256` of joining.",
    {"type": "string"},
)
IF_NONE_MATCH = Parameter(
    "If-None-Match",
    "header",
    "The ETag of the answer that you have: while nothing has changed, the answer is 304.",
    {"type": "string"},
)
KEY_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"}
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key",
    "header",
    "Any text, new for each new request. The same key and parameters give the same answer again, "
    "so a call whose answer was lost can simply be repeated.",
    KEY_SCHEMA,
)
IDEMPOTENCY_KEY_REQUIRED = IDEMPOTENCY_KEY._replace(required=True)
CURSOR = Parameter(
    "cursor", "query", "`next_cursor` of the page before.", {"type": "string", "maxLength": 200}
)
LIMIT = Parameter(
    "limit",
    "query",
    "How many to list at most.",
    {"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
)


def invalid_fields(error: msgspec.ValidationError) -> InvalidRequest:
    """The refusal that names the field of a body or of a command's values."""
    fault = field_fault(error)
    match fault.kind:
        case "missing":
            return InvalidRequest.of(fault.path, "required")
        case "unknown":
            return InvalidRequest.of(fault.path, "unknown field")
        case "choice":
            words = {**CHOICES, "reason": REASON_WORDS}
            return InvalidRequest.of(
                fault.path, f"Expected {words.get(fault.path, 'another word')}"
            )
    return InvalidRequest.of(fault.path or "body", fault.message)
