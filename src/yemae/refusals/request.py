"""What is wrong with a request before it is asked of anything."""

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
