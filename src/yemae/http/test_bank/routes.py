"""The test bank over HTTP: the merchant's calls, and the page on which fans pay."""

import hashlib
import hmac
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from yemae.base.signing import key_for
from yemae.base.web_client import NoAnswerError, WebClient
from yemae.http.test_bank import book
from yemae.http.test_bank.charges import (
    BankEntry,
    BankRefunded,
    Behaviour,
    Confirmed,
    RefundBehaviour,
    cancelled,
    chosen,
    confirmed,
    paid_out,
    refunded,
)
from yemae.http.test_bank.pages import POLICY, page_of
from yemae.runtime import Runtime

# The other side is payments/providers/test.py; a provider's protocol is in no module of both.
SIGNATURE = "test-bank-signature"
KEY_OF_CALLS, KEY_OF_WEBHOOKS = "calls of the test bank", "webhooks of the test bank"
WEBHOOK_S = 20.0
BODY_MAX_BYTES = 4_096
CHARGES = "/test-bank/charges"
PAGE = "/test-bank/pay"


class NewCharge(msgspec.Struct, frozen=True):
    """What the merchant wants to be paid."""

    id: UUID
    amount: int
    currency: str
    return_url: str
    hook_url: str


class Void(msgspec.Struct, frozen=True):
    """Void a charge, or give all back. `key` makes a repeat harmless."""

    key: str


class GiveBack(msgspec.Struct, frozen=True):
    """How much to give back. `key` makes a repeat harmless."""

    amount: Annotated[int, msgspec.Meta(gt=0)]
    key: str


class ChosenAtBank(msgspec.Struct, frozen=True):
    """What the fan has chosen on the page."""

    behaviour: Behaviour
    reason: str = ""
    refunds: RefundBehaviour = "settle"


def routes() -> list[Route]:
    """The bank's addresses."""
    return [
        Route(CHARGES, _add, methods=["POST"]),
        Route(CHARGES, _list, methods=["GET"]),
        Route(CHARGES + "/{charge:uuid}", _show, methods=["GET"]),
        Route(CHARGES + "/{charge:uuid}/confirm", _confirm, methods=["POST"]),
        Route(CHARGES + "/{charge:uuid}/cancel", _cancel, methods=["POST"]),
        Route(CHARGES + "/{charge:uuid}/refunds", _refund, methods=["POST"]),
        Route(CHARGES + "/{charge:uuid}/refunds", _refunds, methods=["GET"]),
        Route(PAGE + "/{charge:uuid}", _page, methods=["GET"]),
        Route(PAGE + "/{charge:uuid}", _choose, methods=["POST"]),
    ]


async def _add(request: Request) -> Response:
    if not _is_merchant(request):
        return _problem(401)
    try:
        wanted = msgspec.json.decode(await _body(request), type=NewCharge)
    except msgspec.MsgspecError:
        return _problem(422)
    entry = BankEntry(**{name: getattr(wanted, name) for name in wanted.__struct_fields__})
    await book.add(_runtime(request), entry)
    return _json({"page": f"{PAGE}/{entry.id}"}, 201)


async def _list(request: Request) -> Response:
    if not _is_merchant(request):
        return _problem(401)
    return _json(await book.read(_runtime(request)))


async def _show(request: Request) -> Response:
    if not _is_merchant(request):
        return _problem(401)
    found = await book.read(_runtime(request), request.path_params["charge"])
    return _json(found[0]) if found else _problem(404)


async def _confirm(request: Request) -> Response:
    if not _is_merchant(request):
        return _problem(401)
    confirm = partial(confirmed, now=datetime.now(UTC))
    done: tuple[BankEntry, Confirmed] | None = await book.change(
        _runtime(request), request.path_params["charge"],
        lambda entry: ((now := confirm(entry)).entry, now),
    )  # fmt: skip
    if done is None:
        return _problem(404)
    match done[1].reply:
        case "answer":
            return _json(done[0])
        case "processing":
            return _json({"state": "processing"}, 202)
        case "hang":
            # Until the merchant has given up.
            while (await request.receive())["type"] != "http.disconnect":
                pass
    return _problem(502)


async def _cancel(request: Request) -> Response:
    if not _is_merchant(request):
        return _problem(401)
    try:
        wanted = msgspec.json.decode(await _body(request), type=Void)
    except msgspec.MsgspecError:
        return _problem(422)
    done = await book.change(
        _runtime(request), request.path_params["charge"],
        lambda entry: (cancelled(entry, wanted.key), None),
    )  # fmt: skip
    return _problem(404) if done is None else _json(done[0])


async def _refund(request: Request) -> Response:
    if not _is_merchant(request):
        return _problem(401)
    try:
        wanted = msgspec.json.decode(await _body(request), type=GiveBack)
    except msgspec.MsgspecError:
        return _problem(422)
    done: tuple[BankEntry, BankRefunded] | None = await book.change(
        _runtime(request), request.path_params["charge"],
        lambda entry: ((after := refunded(entry, wanted.amount, wanted.key)).entry, after),
    )  # fmt: skip
    if done is None:
        return _problem(404)
    return _json(done[1].refund) if done[1].reply == "answer" else _problem(502)


async def _refunds(request: Request) -> Response:
    """All refunds of a charge. What was accepted reaches the card once it has been shown."""
    if not _is_merchant(request):
        return _problem(401)
    done = await book.change(
        _runtime(request), request.path_params["charge"],
        lambda entry: (paid_out(entry), entry.refunds),
    )  # fmt: skip
    return _problem(404) if done is None else _json(done[1])


async def _page(request: Request) -> Response:
    found = await book.read(_runtime(request), request.path_params["charge"])
    return HTMLResponse(page_of(found[0]), headers=POLICY) if found else _problem(404)


async def _choose(request: Request) -> Response:
    runtime = _runtime(request)
    fields = {name: values[0] for name, values in parse_qs((await _body(request)).decode()).items()}
    try:
        choice = msgspec.convert(fields, ChosenAtBank)
    except msgspec.ValidationError:
        return _problem(422)
    done = await book.change(
        runtime, request.path_params["charge"],
        lambda entry: (chosen(entry, choice.behaviour, choice.reason, choice.refunds), None),
    )  # fmt: skip
    if done is None:
        return _problem(404)
    entry, _ = done
    times = {"answer_twice": 2, "return_only": 0}.get(entry.behaviour, 1)
    webhook = BackgroundTask(_send_webhook, runtime, entry, times)
    if entry.behaviour == "webhook_only":
        return HTMLResponse(page_of(entry), headers=POLICY, background=webhook)
    return RedirectResponse(entry.return_url, 303, headers=POLICY, background=webhook)


async def _send_webhook(runtime: Runtime, entry: BankEntry, times: int) -> None:
    """Tell the server that something happened to a charge. A webhook that gets lost stays lost."""
    body = msgspec.json.encode({"charge": entry.id})
    key = key_for(runtime.settings.stores.secret_key, KEY_OF_WEBHOOKS)
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: hmac.new(key, body, hashlib.sha256).hexdigest(),
    }
    web = WebClient(WEBHOOK_S, 1)
    try:
        for _ in range(times):
            await web.ask("POST", entry.hook_url, headers, body)
    except NoAnswerError:
        return
    finally:
        await web.close()


def _is_merchant(request: Request) -> bool:
    key = key_for(_runtime(request).settings.stores.secret_key, KEY_OF_CALLS).hex()
    said = request.headers.get("authorization", "")
    return hmac.compare_digest(said.encode(), f"Bearer {key}".encode())


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


async def _body(request: Request) -> bytes:
    """The body, as far as the bank reads it."""
    read = b""
    async for chunk in request.stream():
        read += chunk
        if len(read) > BODY_MAX_BYTES:
            return b""
    return read


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def _problem(status: int) -> Response:
    return _json({"status": status}, status)
