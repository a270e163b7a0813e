"""The mock API: every operation of the contract with its example answers, and no stores.

It checks a request as the server does before it does anything (tokens are there, parameters and
body are well-formed) and answers with the first example, or with the one that the `Prefer` header
(RFC 7240) chooses: `code=409`, `example=seat-taken`, or both. Any origin may call it, which is for
front ends under development; the server itself has no such rule.
"""

import math
import re
import socket
from types import SimpleNamespace
from typing import NamedTuple, cast

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from yemae.http.contract import docs_page, problem_examples
from yemae.http.contract.operation import (
    CURSOR,
    ENTRY_TOKEN,
    IDEMPOTENCY_KEY,
    LIMIT,
    QUEUE_TOKEN,
    Operation,
    Shown,
)
from yemae.http.operations import OPERATIONS
from yemae.http.server import problems
from yemae.http.server.call import Call
from yemae.http.server.endpoint import Endpoint, respond
from yemae.http.server.request_id import request_id
from yemae.http.server.router import by_path
from yemae.refusals import (
    EntryTokenMissing,
    InvalidRequest,
    NotFound,
    QueueTokenInvalid,
    Refusal,
    Unauthenticated,
)
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.settings import Settings

EXPOSED = ["Location", "Preference-Applied", "Retry-After", "WWW-Authenticate", "X-Request-Id"]
PREFERENCE = re.compile(r'\s*(code|example)\s*=\s*"?([^",;\s]*)"?\s*', re.IGNORECASE)
CURSOR_MAX_CHARS = cast("int", CURSOR.schema["maxLength"])

# A call reads its limits from the runtime; the mock has nothing else of one.
LIMITS = cast("Runtime", SimpleNamespace(settings=Settings()))
NO_DESK = cast("Batches", None)

Headers = list[tuple[bytes, bytes]]


class Choice(NamedTuple):
    """One answer that an operation has in store; `name` is empty when its status has no other."""

    status: int
    name: str
    shown: Shown | None = None
    example: object = None
    refusal: Refusal | None = None


def choices_of(operation: Operation) -> list[Choice]:
    """Every answer that openapi.json shows for an operation, the usual one first."""
    choices = [
        Choice(shown.status, name, shown, example)
        for shown in operation.answers
        for name, example in (shown.examples or {"": shown.example}).items()
    ]
    taken = {shown.status for shown in operation.answers}
    refusals = [problem_examples.example(refusal) for refusal in operation.declared()]
    return choices + [
        Choice(refusal.status, refusal.slug, refusal=refusal)
        for refusal in refusals
        if refusal.status not in taken
    ]


def choose(choices: list[Choice], prefer: str) -> tuple[Choice, str]:
    """The preferred answer, and the preferences that chose it. Raises InvalidRequest."""
    wanted = {
        name.lower(): value
        for part in re.split("[,;]", prefer)
        if (found := PREFERENCE.fullmatch(part))
        for name, value in [found.groups()]
    }
    fitting = choices
    if "code" in wanted:
        fitting = [choice for choice in fitting if str(choice.status) == wanted["code"]]
        if not fitting:
            codes = ", ".join(sorted({str(choice.status) for choice in choices}))
            raise InvalidRequest.of("Prefer", f"code: this operation has {codes}")
    if "example" in wanted:
        names = ", ".join(choice.name for choice in fitting if choice.name) or "none"
        fitting = [choice for choice in fitting if choice.name == wanted["example"]]
        if not fitting:
            raise InvalidRequest.of("Prefer", f"example: there is {names}")
    return fitting[0], ", ".join(f"{name}={value}" for name, value in sorted(wanted.items()))


class MockEndpoint(Endpoint):
    """One operation that answers with examples."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(operation)
        self._choices = choices_of(operation)
        self._decoder = msgspec.json.Decoder(operation.body) if operation.body else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        own_id = request_id(scope["headers"])
        call = Call(scope, receive, LIMITS, NO_DESK)
        headers: Headers = []
        try:
            await self._check(call)
            choice, applied = choose(self._choices, _prefer(scope))
            if applied:
                headers.append((b"preference-applied", applied.encode("latin-1")))
        except Refusal as refusal:
            choice = Choice(refusal.status, refusal.slug, refusal=refusal)
        if choice.refusal is not None:
            _, body, more = problems.written(choice.refusal, scope["headers"], own_id)
        else:
            body, more = _example(self.operation, choice)
            more.append((b"x-request-id", own_id))
        await respond(send, choice.status, body, headers + more)

    async def _check(self, call: Call) -> None:
        """Refuse what the server refuses without looking at its stores, in the server's order."""
        if self.operation.signed_in:
            scheme, _, token = (call.header(b"authorization") or "").partition(" ")
            if scheme.lower() != "bearer" or not token.strip():
                raise Unauthenticated
        for parameter in self.operation.parameters:
            match parameter.name:
                case QUEUE_TOKEN.name if not call.header(b"queue-token"):
                    raise QueueTokenInvalid
                case ENTRY_TOKEN.name if not call.header(b"entry-token"):
                    raise EntryTokenMissing
                case IDEMPOTENCY_KEY.name:
                    call.idempotency_key(required=parameter.required)
                case LIMIT.name:
                    call.limit()
                case CURSOR.name if len(call.query("cursor") or "") > CURSOR_MAX_CHARS:
                    raise InvalidRequest.of("cursor", "not a next_cursor of this list")
        if self._decoder is not None:
            read = call.optional_body if self.operation.body_is_optional else call.body
            await read(self._decoder)


def _prefer(scope: Scope) -> str:
    values = [value.decode("latin-1") for name, value in scope["headers"] if name == b"prefer"]
    return ",".join(values)


def _example(operation: Operation, choice: Choice) -> tuple[bytes, Headers]:
    """An answer's body and headers."""
    shown = choice.shown
    assert shown is not None
    if shown.kind is None:
        return b"", []
    is_json = shown.media_type == "application/json"
    body = msgspec.json.encode(choice.example) if is_json else str(choice.example).encode()
    return body, [
        (b"content-type", shown.media_type.encode()),
        *_shown_headers(operation, shown, choice.example),
    ]


def _shown_headers(operation: Operation, shown: Shown, example: object) -> Headers:
    """Values for the headers that the answer may have, as they follow from its example."""
    fields = example if isinstance(example, dict) else {}
    values: Headers = [] if "Cache-Control" in shown.headers else [(b"cache-control", b"no-store")]
    for name in shown.headers:
        value = ""
        if name == "Location" and "id" in fields:
            value = f"{operation.path}/{fields['id']}"
        elif name == "Retry-After" and "poll_after_ms" in fields:
            value = str(math.ceil(fields["poll_after_ms"] / 1000))
        elif name == "Retry-After" and shown.status >= 500:
            value = "1"
        elif name == "Cache-Control":
            value = "public, max-age=1"
        elif name == "ETag":
            value = '"mock"'
        if value:
            values.append((name.lower().encode(), value.encode()))
    return values


async def _refuse(request: Request, error: Exception) -> Response:
    """An address that nothing has, or a problem page that is not there."""
    return problems.response(error if isinstance(error, Refusal) else NotFound(), request.scope)


def create_mock_app() -> Starlette:
    """The mock server's application; it keeps nothing, so any number of processes may run it."""
    any_origin = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=EXPOSED,
    )
    return Starlette(
        routes=[
            *(Route(path, at) for path, at in by_path(OPERATIONS, MockEndpoint).items()),
            *docs_page.routes(OPERATIONS),
        ],
        middleware=[any_origin],
        exception_handlers={HTTPException: _refuse, Refusal: _refuse},
    )


def serve_mock(listener: socket.socket) -> None:
    """Serve on an open socket until Ctrl-C or SIGTERM."""
    config = uvicorn.Config(
        create_mock_app(), ws="none", access_log=False, log_config=None, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listener])
