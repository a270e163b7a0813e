"""Pages for developers: openapi.json, the API viewer at /docs, and one page for each problem.

The viewer is Swagger UI from its Python package, served by us; no page loads anything from
elsewhere, and the Content-Security-Policy says so.
"""

import html
from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from swagger_ui_bundle import swagger_ui_path

from yemae.http import openapi
from yemae.http.contract import Operation
from yemae.http.problems import SLUGS
from yemae.refusals import NotFound

POLICY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' "
    "'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
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
<html lang="en">
<head><meta charset="utf-8"><title>{title} · Yemae</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}}
pre{{background:#f4f4f6;padding:1rem;overflow:auto;font-size:.9rem}}</style></head>
<body><p><code>/problems/{slug}</code> · HTTP {status}</p><h1>{title}</h1><p>{text}</p>
<h2>Example</h2><pre>{example}</pre></body></html>
"""


def document_bytes(operations: Sequence[Operation]) -> bytes:
    """openapi.json as it is committed and served."""
    encoded = msgspec.json.encode(openapi.document(operations))
    return msgspec.json.format(encoded, indent=2) + b"\n"


def routes(operations: Sequence[Operation]) -> list[BaseRoute]:
    """The routes of every page here."""
    api = document_bytes(operations)

    async def openapi_json(_: Request) -> Response:
        return Response(api, media_type="application/json", headers={"Cache-Control": "no-cache"})

    return [
        Route("/", _home),
        Route("/openapi.json", openapi_json),
        Route("/docs", _viewer),
        Route("/docs/viewer.js", _viewer_script),
        Mount("/docs/assets", StaticFiles(directory=Path(swagger_ui_path))),
        Route("/problems/{slug}", problem_page),
    ]


async def _home(_: Request) -> Response:
    return RedirectResponse("/docs", 307)


async def _viewer(_: Request) -> Response:
    return HTMLResponse(VIEWER, headers=POLICY)


async def _viewer_script(_: Request) -> Response:
    return Response(VIEWER_SCRIPT, media_type="text/javascript", headers=POLICY)


async def problem_page(request: Request) -> Response:
    """What a problem type means, with an example document."""
    refusal = SLUGS.get(request.path_params["slug"])
    if refusal is None:
        raise NotFound
    example = msgspec.json.format(msgspec.json.encode(openapi.problem_example(refusal)), indent=2)
    page = PROBLEM_PAGE.format(
        slug=refusal.slug,
        status=refusal.status,
        title=html.escape(refusal.title),
        text=html.escape(refusal.explanation()),
        example=html.escape(example.decode()),
    )
    return HTMLResponse(page, headers=POLICY)
