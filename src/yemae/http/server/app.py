"""The ASGI application: paths from the contract; the lifespan opens and closes the runtime."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Lifespan, Message, Receive, Scope, Send

from yemae.base import metrics
from yemae.base.logs import configure_logs
from yemae.http.contract import docs_page
from yemae.http.operations import OPERATIONS
from yemae.http.server import problems
from yemae.http.server.call import Headers
from yemae.http.server.endpoint import Endpoint, respond
from yemae.http.server.router import Paths, by_path
from yemae.http.site import dev_mail, page, portone_page
from yemae.http.site.page_files import Page, read_page
from yemae.http.test_bank import routes as test_bank
from yemae.jobs.scheduler import running_clock
from yemae.refusals import InternalError, InvalidRequest, MethodNotAllowed, NotFound, Refusal
from yemae.runtime import open_runtime, running
from yemae.sale.batches import open_batches
from yemae.settings import BUILT_CONSOLE, Settings

API = "/v1/"
# What load balancers ask; during a drain the answer is no, even if the stores are well.
PROBES = frozenset({"/readyz"})
NOT_READY = b'{"status":"stopping"}'
NOT_READY_FIELDS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"retry-after", b"1"),
    (b"connection", b"close"),
]


class App(Starlette):
    """The API's calls go straight to their operation; pages and probes take the framework's way."""

    def __init__(
        self,
        lifespan: Lifespan["App"],
        fans_page: Page | None,
        console: Page | None,
        *,
        is_logged: bool,
        provider: str,
        shows_mail: bool,
    ) -> None:
        paths = by_path(OPERATIONS, Endpoint)
        super().__init__(
            routes=[
                *(Route(path, at) for path, at in paths.items() if not path.startswith(API)),
                *(page.routes(fans_page) if fans_page else ()),
                *(page.routes(console, page.CONSOLE) if console else ()),
                *docs_page.routes(OPERATIONS),
                *(test_bank.routes() if provider == "test" else ()),
                *(portone_page.routes() if provider == "portone" else ()),
                *(dev_mail.routes() if shows_mail else ()),
            ],
            lifespan=lifespan,
            exception_handlers={HTTPException: _http_exception, Refusal: _refusal, 500: _fault},
        )
        # A path with a slash too many is no path of ours; a redirect would trust the Host header.
        self.router.redirect_slashes = False
        # Requests are still taken, and /readyz tells load balancers to use other nodes.
        self.is_draining = False
        if fans_page:
            self.router.default = page.nothing_here(fans_page, self.router.not_found)
        self._api = Paths((path, at) for path, at in paths.items() if path.startswith(API))
        # By their target as it is sent. Lines of the access log are written by the ordinary path.
        self._at_once = {
            operation.path.encode(): Endpoint(operation)
            for operation in OPERATIONS
            if operation.at_once is not None and not is_logged
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of the server: a request, or the lifespan."""
        if self.is_draining and scope["type"] == "http":
            if scope["path"] in PROBES:
                await respond(send, 503, NOT_READY, [*NOT_READY_FIELDS])
                return
            send = _last_answer(send)
        if scope["type"] != "http" or not scope["path"].startswith(API):
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        found = self._api.find(scope["path"])
        if found is None:
            await problems.response(NotFound(), scope)(scope, receive, send)
        else:
            path, scope["path_params"] = found
            await path(scope, receive, send)

    def at_once(self, target: bytes, headers: Headers) -> problems.Written | None:
        """The answer to a GET that is no more than its head, where nothing has to be waited for."""
        endpoint = self._at_once.get(target)
        if endpoint is None or self.is_draining:
            return None
        return endpoint.at_once(headers, self.state.runtime, self.state.batches)


def create_app(settings: Settings) -> App:
    """The server's application; the stores are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: App) -> AsyncIterator[None]:
        configure_logs(settings)
        async with (
            open_runtime(settings) as runtime,
            open_batches(runtime) as batches,
            running_clock(runtime),
            running(metrics.keep_adding_up(), *runtime.health.works()),
        ):
            await runtime.health.begin()
            app.state.runtime, app.state.batches = runtime, batches
            yield

    fans_page = read_page(settings.server.page_dir)
    return App(
        lifespan,
        fans_page,
        read_page(BUILT_CONSOLE),
        is_logged=settings.logs.access_log,
        provider=settings.payment_provider(),
        shows_mail=settings.shows_mail(),
    )


def drain(app: App) -> None:
    """Say that this process is not ready any more, and let each connection end with its next
    answer, so that the client's next one goes elsewhere."""
    app.is_draining = True


def _last_answer(send: Send) -> Send:
    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return closing


def end_streams(app: App) -> None:
    """End all streams, because the server is about to stop."""
    runtime = getattr(app.state, "runtime", None)
    if runtime is not None:
        runtime.board.close()
        runtime.availability.close()


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        allow = (error.headers or {}).get("Allow", "GET")
        return problems.response(MethodNotAllowed(sorted(allow.split(", "))), request.scope)
    if error.status_code == 404:
        return problems.response(NotFound(), request.scope)
    return problems.response(InvalidRequest.of("request", error.detail), request.scope)


async def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return problems.response(error, request.scope)


async def _fault(request: Request, _: Exception) -> Response:
    return problems.response(InternalError(), request.scope)
