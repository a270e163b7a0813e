"""The web pages over HTTP, the fan's and the console: files from memory, in the coding that the
browser takes.

Always holds: nothing of them runs that did not come from this server as a file, because the
Content-Security-Policy allows no inline script, no inline style and no other host. What has a hash
in its name is kept for good; a page itself is asked for anew, and costs a 304.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from yemae.http.server import conditional
from yemae.http.site.concert_page import ADDRESS, ConcertPages, has_head
from yemae.http.site.page_files import CODINGS, INDEX, File, Page

POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; worker-src 'self'; "
    "style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Encoding",
}
FOR_GOOD = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
READING = ("GET", "HEAD")
# Where the files of the console stand; as `base` in web/vite.console.config.ts.
CONSOLE = "/console"

Handler = Callable[[Request], Awaitable[Response]]


def routes(page: Page, below: str = "") -> list[BaseRoute]:
    """The addresses of a page, and its files, which stand below a path."""
    index = page.files[INDEX]
    files = [file for name, file in page.files.items() if name != INDEX]
    return [
        *(Route(path, _page_at(path, index)) for path in page.routes),
        *(Route(f"{below}/{file.path}", _answer(file)) for file in files),
    ]


def _page_at(path: str, index: File) -> Handler:
    """The handler of an address: the page as it is, or with the head of a concert."""
    if path != ADDRESS or not has_head(index):
        return _answer(index)
    pages = ConcertPages(index)

    async def answer(request: Request) -> Response:
        return _response(request, await pages.page_for(request))

    return answer


def nothing_here(page: Page, otherwise: ASGIApp) -> ASGIApp:
    """The answer for an unknown address: a browser gets the page with status 404."""
    index = _answer(page.files[INDEX], 404)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if request.method in READING and "text/html" in request.headers.get("accept", ""):
            response: ASGIApp = await index(request)
        else:
            response = otherwise
        await response(scope, receive, send)

    return answer


def _answer(file: File, status: int = 200) -> Handler:
    """A handler that gives this file."""

    async def answer(request: Request) -> Response:
        return _response(request, file, status)

    return answer


def _response(request: Request, file: File, status: int = 200) -> Response:
    """A file in the first content coding that the client takes, or 304 if the client has it."""
    available = [name for name, _ in CODINGS if name in file.coded]
    coding = conditional.coding(request.headers.get("accept-encoding"), available)
    tag = f'"{file.tag}-{coding}"'
    headers = {
        **POLICY,
        "Cache-Control": FOR_GOOD if file.is_hashed else ASK_AGAIN,
        "ETag": tag,
    }
    if status == 200 and conditional.is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    if coding != "identity":
        headers["Content-Encoding"] = coding
    return Response(file.coded[coding], status, headers, file.media_type)
