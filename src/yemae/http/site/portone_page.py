"""The page on which a fan pays through PortOne: PortOne's script opens its payment window.

Only a server that uses PortOne has it. Always holds: scripts come from this server and from
PortOne's one host, and no other page of ours allows that host. What a card company needs of a
browser (its frames, forms and pictures) is its own, so those are open to any HTTPS address; the
page has nothing that is secret. The fan is sent back to a path of this server only.
"""

import re
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from yemae.http.server.languages import language_of
from yemae.runtime import Runtime
from yemae.sale.payment_page import PaymentPage, payment_page
from yemae.values import money

PATH = "/pay"
SCRIPT = "https://cdn.portone.io"
POLICY = {
    "Content-Security-Policy": f"default-src 'none'; script-src 'self' {SCRIPT}; "
    "style-src 'self' 'unsafe-inline'; connect-src https://*.portone.io https://*.iamport.co; "
    "frame-src https:; img-src https: data:; form-action https:; base-uri 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin",
    "Cache-Control": "no-store",
}
FILES = Path(__file__).parent
JAVASCRIPT, STYLE = (FILES / "portone.js").read_bytes(), (FILES / "portone.css").read_bytes()
# A path of this server: nothing that a browser reads as another host.
BACK = re.compile(r"/(?!/)[!-\[\]-~]{0,600}")
WORDS = {
    "ko": {
        "title": "결제",
        "pay": "결제하기",
        "to_back": "돌아가기",
        "name": "티켓",
        "wait": "결제창을 여는 중…",
        "failed": "결제하지 못했어요.",
    },
    "en": {
        "title": "Payment",
        "pay": "Pay",
        "to_back": "Back",
        "name": "Tickets",
        "wait": "Opening the payment window…",
        "failed": "Your payment did not go through.",
    },
}
PAGE = """\
<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title} · {amount}</title>
<link rel="stylesheet" href="/pay/page.css">
<main id="payment" data-store="{store}" data-channel="{channel}" data-payment="{reference}"
  data-amount="{minor}" data-currency="{currency}" data-method="{method}" data-name="{name}"
  data-back="{back}" data-wait="{wait}" data-failed="{failed}">
<h1>{title}</h1>
<p class="amount">{amount}</p>
<p id="said" role="status"></p>
<p><button id="pay" type="button">{pay}</button></p>
<p><a href="{back}">{to_back}</a></p>
</main>
<script src="{script}/v2/browser-sdk.js"></script>
<script src="/pay/page.js"></script>
</html>
"""


def routes() -> list[Route]:
    """The addresses."""
    return [
        Route(f"{PATH}/page.js", _file(JAVASCRIPT, "text/javascript"), methods=["GET"]),
        Route(f"{PATH}/page.css", _file(STYLE, "text/css"), methods=["GET"]),
        Route(f"{PATH}/{{checkout:uuid}}", _page, methods=["GET"]),
    ]


async def _page(request: Request) -> Response:
    """The page; what is not to be paid any more sends the fan back, where the order says why."""
    runtime: Runtime = request.app.state.runtime
    back = request.query_params.get("back", "")
    if BACK.fullmatch(back) is None:
        back = "/orders"
    found = await payment_page(runtime, request.path_params["checkout"])
    if found is None:
        return RedirectResponse(back, 303, headers=POLICY)
    language = language_of(request.headers.raw)
    return HTMLResponse(_written(found, back, language), headers=POLICY)


def _written(page: PaymentPage, back: str, language: str) -> str:
    values = {
        **{name: str(value) for name, value in page._asdict().items()},
        **WORDS[language],
        "language": language,
        "amount": money.amount(page.amount, page.currency),
        "minor": str(page.amount),
        "back": back,
        "script": SCRIPT,
    }
    return PAGE.format(**{name: escape(value) for name, value in values.items()})


def _file(content: bytes, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return Response(content, headers=POLICY, media_type=media_type)

    return answer
