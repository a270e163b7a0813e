"""The request path: from the ASGI scope to the answer's bytes, for every operation alike.

It gives the request its id, runs the handler, turns a Refusal into its problem document, and
counts. It is plain ASGI without middleware, because every fan passes here every second; and what
can be answered without a wait does not even pass through ASGI (at_once.py).
"""

import asyncio
import time
from collections.abc import Iterable

import msgspec
import structlog
from starlette.types import Receive, Scope, Send

from yemae.base import metrics
from yemae.http.contract.operation import NOSNIFF, Answer, Operation
from yemae.http.server import problems
from yemae.http.server.call import Call, Head, Headers
from yemae.http.server.request_id import request_id
from yemae.http.server.sse import respond_with_stream
from yemae.refusals import InternalError, Refusal, StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale import figures
from yemae.sale.batches import Batches

JSON = (b"content-type", b"application/json")
NO_STORE = (b"cache-control", b"no-store")

encode = msgspec.json.Encoder().encode
log = structlog.get_logger(__name__)


class Endpoint:
    """One operation as an ASGI application."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self._declared = frozenset(operation.declared())
        self._answers = metrics.answers_of(operation.name, operation.timed_as)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        own_id = request_id(scope["headers"])
        runtime: Runtime = scope["app"].state.runtime
        batches: Batches = scope["app"].state.batches
        call = Call(scope, receive, runtime, batches)
        try:
            answer = await self.operation.handler(call)
            status, body, headers = _encode(answer, own_id)
        except Exception as error:
            status, body, headers = self._refuse(error, call, scope["headers"], own_id)
        except asyncio.CancelledError:
            # The server stops, and its grace is over: what was asked for may have happened.
            refusal = StoreUnavailable()
            status, body, headers = self._refuse(refusal, call, scope["headers"], own_id)
        else:
            if answer.stream is not None:
                self._answers.count(status, time.perf_counter() - started)
                is_head = scope["method"] == "HEAD"
                await respond_with_stream(receive, send, answer, own_id, is_head=is_head)
                return
        await respond(send, status, body, headers)
        self._answers.count(status, time.perf_counter() - started)
        if runtime.settings.logs.access_log:
            log.info(
                "request",
                operation=self.operation.name,
                status=status,
                request_id=own_id.decode(),
                duration_ms=round((time.perf_counter() - started) * 1000, 2),
            )

    def at_once(
        self, asked: Headers, runtime: Runtime, batches: Batches
    ) -> problems.Written | None:
        """The same answer to a request that is no more than its head, where nothing has to be
        waited for, or None. Counts it as answered."""
        assert self.operation.at_once is not None
        started = time.perf_counter()
        own_id = request_id(asked)
        head = Head(asked, runtime, batches)
        try:
            answer = self.operation.at_once(head)
            written = None if answer is None else _encode(answer, own_id)
        except Exception as error:
            written = self._refuse(error, head, asked, own_id)
        if written is not None:
            self._answers.count(written[0], time.perf_counter() - started)
        return written

    def _refuse(
        self, error: Exception, head: Head, asked: Headers, own_id: bytes
    ) -> problems.Written:
        """The problem document of what a handler has raised, which counts with the concert."""
        if not isinstance(error, Refusal):
            name, request = self.operation.name, own_id.decode()
            log.error("fault", operation=name, request_id=request, exc_info=error)
            error = InternalError()
        elif type(error) not in self._declared:
            log.error("undeclared problem", operation=self.operation.name, problem=error.slug)
        step = self.operation.step
        if step is not None and (concert_id := self._concert_of(error, head)) is not None:
            figures.count_refusal(concert_id, step, error.slug)
        return problems.written(error, asked, own_id)

    def _concert_of(self, refusal: Refusal, head: Head) -> str | None:
        """The concert that a call names in its path, by its place or pass, or that its verb has
        found out; None: none that is there. No store is asked."""
        catalogue, path = head.runtime.catalogue, self.operation.path
        queue_id = refusal.queue_id or head.queue_id
        if isinstance(head, Call) and "{performance_id}" in path:
            date = catalogue.performances.get(head.path("performance_id"))
            return None if date is None else date.concert_id
        if isinstance(head, Call) and "{concert_id}" in path:
            queue_id = head.path("concert_id")
        queue = None if queue_id is None else catalogue.queues.get(queue_id)
        return None if queue is None else queue.concert_id


def _encode(answer: Answer, own_id: bytes) -> problems.Written:
    headers = [*answer.headers, NOSNIFF, (b"x-request-id", own_id)]
    if answer.value is None:
        return answer.status, b"", headers
    body = answer.value if isinstance(answer.value, bytes) else encode(answer.value)
    if not _is_named(b"content-type", answer.headers):
        headers.append(JSON)
    if not _is_named(b"cache-control", answer.headers):
        headers.append(NO_STORE)
    return answer.status, body, headers


def _is_named(name: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for named, _ in headers:  # noqa: SIM110 - any() takes three times as long
        if named == name:
            return True
    return False


async def respond(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    """Send a whole answer."""
    if status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
