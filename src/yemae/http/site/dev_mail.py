"""The mails of a server of development that has no mail server: shown here, and sent nowhere.

Only such a server has these addresses, because mails have the codes of tickets.
"""

import base64
from html import escape
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from yemae.jobs.shown_mail import latest, letter_to_show
from yemae.mail.address import sender_of_development
from yemae.mail.errors import TemplatesError
from yemae.mail.letters import Letter, message_of
from yemae.runtime import Runtime

PATH = "/dev/mail"
POLICY = {
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
PAGE = """\
<!doctype html>
<html lang="ko">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>메일 · Mail</title>
<h1>메일 · Mail</h1>
<p>YEMAE_SMTP_URL이 없어 보내지 않은 메일입니다. · Not sent, because YEMAE_SMTP_URL is not set.</p>
<ul>
{lines}
</ul>
</html>
"""
LINE = '<li><a href="{path}/{id}">{subject}</a> → {to} (<a href="{path}/{id}.eml">.eml</a>)</li>'


def routes() -> list[Route]:
    """The addresses."""
    return [
        Route(PATH, _list, methods=["GET"]),
        Route(PATH + "/{message:uuid}", _show, methods=["GET"]),
        Route(PATH + "/{message:uuid}.eml", _download, methods=["GET"]),
    ]


async def _list(request: Request) -> Response:
    lines = [
        LINE.format(
            path=PATH,
            id=message.id,
            subject=escape(f"{message.created_at:%Y-%m-%d %H:%M:%S}Z {message.kind}"),
            to=escape(message.email or ""),
        )
        for message in await latest(_runtime(request))
    ]
    return HTMLResponse(PAGE.format(lines="\n".join(lines)), headers=POLICY)


async def _show(request: Request) -> Response:
    letter = await _letter(request)
    if isinstance(letter, Response):
        return letter
    return HTMLResponse(_with_pictures(letter), headers=POLICY)


async def _download(request: Request) -> Response:
    letter, runtime = await _letter(request), _runtime(request)
    if isinstance(letter, Response):
        return letter
    message = message_of(letter, sender_of_development(runtime.settings), runtime.now())
    return Response(message.as_bytes(), media_type="message/rfc822", headers=POLICY)


async def _letter(request: Request) -> Letter | Response:
    message_id = request.path_params["message"]
    assert isinstance(message_id, UUID)
    try:
        letter = await letter_to_show(_runtime(request), message_id)
    except TemplatesError as error:
        return HTMLResponse(f"<p>{escape(str(error))}</p>", 500, headers=POLICY)
    return letter or HTMLResponse("<p>404</p>", 404, headers=POLICY)


def _with_pictures(letter: Letter) -> str:
    """The HTML as a mail program shows it."""
    html = letter.html
    for picture in letter.pictures:
        data = base64.b64encode(picture.png).decode()
        html = html.replace(f'"cid:{picture.name}"', f'"data:image/png;base64,{data}"')
    return html


def _runtime(request: Request) -> Runtime:
    runtime = request.app.state.runtime
    assert isinstance(runtime, Runtime)
    return runtime
