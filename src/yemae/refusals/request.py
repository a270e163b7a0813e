"""Refusals of a request itself, before any rule of the sale."""

from dataclasses import dataclass

from yemae.refusals.base import Refusal


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
        """Name every field and what is wrong with it."""
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
    """The body is larger than the server accepts."""

    slug = "body-too-large"
    status = 413
    title = "Body too large"
    limit_bytes: int

    def detail(self) -> str:
        """Name the limit."""
        return f"The body may have at most {self.limit_bytes} bytes."


@dataclass(eq=False)
class HeadTooLarge(Refusal):
    """The request line and the headers are larger, or have more fields, than the server accepts."""

    slug = "head-too-large"
    status = 431
    title = "Request header fields too large"
    limit_bytes: int
    limit_fields: int

    def detail(self) -> str:
        """Name the limits."""
        return (
            f"The request line and the headers may have at most {self.limit_bytes} bytes and "
            f"{self.limit_fields} fields."
        )


@dataclass(eq=False)
class TargetTooLong(Refusal):
    """The URL with its query is longer than the server accepts."""

    slug = "target-too-long"
    status = 414
    title = "URI too long"
    limit_bytes: int

    def detail(self) -> str:
        """Name the limit."""
        return f"The URL with its query may have at most {self.limit_bytes} bytes."


@dataclass(eq=False)
class MalformedRequest(Refusal):
    """The request is not valid HTTP/1.1: its end is ambiguous, or it has not one `Host`. The
    connection is closed."""

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
        return f"The request must arrive within {self.limit_s} s."


@dataclass(eq=False)
class NotFound(Refusal):
    """Nothing exists at this address."""

    slug = "not-found"
    status = 404
    title = "Not found"


@dataclass(eq=False)
class MethodNotAllowed(Refusal):
    """This address does not support the method; the Allow header lists those that it does."""

    slug = "method-not-allowed"
    status = 405
    title = "Method not allowed"
    allowed: list[str]


@dataclass(eq=False)
class IdempotencyKeyRequired(Refusal):
    """This call adds money, so it needs an Idempotency-Key header: 1 to 255 visible ASCII
    characters, new for each top-up and the same for each retry of it."""

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


@dataclass(eq=False)
class RateLimited(Refusal):
    """This client has sent too many requests of this kind. Retry after the time in Retry-After."""

    slug = "rate-limited"
    status = 429
    title = "Too many requests"
    retry_s: int

    def extra(self) -> dict[str, object]:
        """Nothing: Retry-After carries the time."""
        return {}
