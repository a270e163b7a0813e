"""Pages for developers: openapi.json, the API viewer at /docs, and one page for each problem.

The viewer is Swagger UI: three files of its Python package, and none of the others, are served by
us. No page loads anything from elsewhere, and the Content-Security-Policy says so.
"""

import hashlib
import html
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from swagger_ui_bundle import swagger_ui_path

from yemae.http.contract import openapi, problem_examples
from yemae.http.contract.operation import Operation
from yemae.http.server import conditional, korean, problems
from yemae.http.server.languages import Language, language_of
from yemae.http.server.problems import SLUGS
from yemae.refusals import NotFound

POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
# What the viewer loads of the package; its own index.html loads a file of another host.
ASSETS = {
    "favicon-32x32.png": "image/png",
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
VIEWER = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Yemae API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="viewer"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/viewer.js"></script>
</body>
</html>
"""
VIEWER_SCRIPT = """SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#viewer", deepLinking: true, validatorUrl: null,
  displayRequestDuration: true, persistAuthorization: true, tryItOutEnabled: true,
});
"""
PROBLEM_PAGE = """<!doctype html>
<html lang="{language}">
<head><meta charset="utf-8"><title>{title} · Yemae</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}
pre{{background:#f4f4f6;padding:1rem;overflow:auto;font-size:.9rem}}</style></head>
<body><p><code>/problems/{slug}</code> · HTTP {status} ·
<a href="?lang={other}" lang="{other}" hreflang="{other}">{other_name}</a></p>
<h1>{title}</h1><p>{text}</p>
<h2>{example_title}</h2><pre>{example}</pre></body></html>
"""
EXAMPLE_TITLES: dict[Language, str] = {"en": "Example", "ko": "예시"}
NAMES: dict[Language, str] = {"en": "English", "ko": "한국어"}


@cache
def document_bytes(operations: tuple[Operation, ...]) -> bytes:
    """openapi.json as it is committed and served; made once in a process."""
    encoded = msgspec.json.encode(openapi.document(operations))
    return msgspec.json.format(encoded, indent=2) + b"\n"


def routes(operations: tuple[Operation, ...]) -> list[BaseRoute]:
    """The routes of every page here."""
    api = document_bytes(operations)

    async def openapi_json(_: Request) -> Response:
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return Response(api, media_type="application/json", headers=headers)

    return [
        Route("/", _home),
        Route("/openapi.json", openapi_json),
        Route("/docs", _viewer),
        Route("/docs/viewer.js", _viewer_script),
        *(Route(f"/docs/assets/{name}", _asset(name)) for name in ASSETS),
        Route("/problems/{slug}", problem_page),
    ]


async def _home(_: Request) -> Response:
    return RedirectResponse("/docs", 307, {"X-Content-Type-Options": "nosniff"})


@cache
def _asset(name: str) -> Callable[[Request], Awaitable[Response]]:
    """A handler that gives a file of the viewer."""
    content = Path(swagger_ui_path, name).read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {**POLICY, "Cache-Control": "no-cache", "ETag": tag}

    async def answer(request: Request) -> Response:
        if conditional.is_known(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=ASSETS[name], headers=headers)

    return answer


async def _viewer(_: Request) -> Response:
    return HTMLResponse(VIEWER, headers=POLICY)


async def _viewer_script(_: Request) -> Response:
    return Response(VIEWER_SCRIPT, media_type="text/javascript", headers=POLICY)


async def problem_page(request: Request) -> Response:
    """What a problem type means, with an example document, in the reader's language or in that of
    `?lang=`."""
    refusal = SLUGS.get(request.path_params["slug"])
    if refusal is None:
        raise NotFound
    language = _language(request)
    is_korean = language == "ko"
    other: Language = "en" if is_korean else "ko"
    sample = problem_examples.example(refusal)
    example = problems.document(sample, problem_examples.EXAMPLE_INSTANCE, language)
    page = PROBLEM_PAGE.format(
        language=language,
        other=other,
        other_name=NAMES[other],
        slug=refusal.slug,
        status=refusal.status,
        title=html.escape(korean.title(refusal) if is_korean else refusal.title),
        text=html.escape(korean.text(refusal) if is_korean else refusal.explanation()),
        example_title=EXAMPLE_TITLES[language],
        example=html.escape(msgspec.json.format(example, indent=2).decode()),
    )
    spoken = {"Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(page, headers={**POLICY, **spoken})


def _language(request: Request) -> Language:
    match request.query_params.get("lang"):
        case "ko":
            return "ko"
        case "en":
            return "en"
    return language_of(request.scope["headers"])
