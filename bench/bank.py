"""The test bank as a program of its own, with its books in memory: slow, or worse.

    python -m bench.bank --port 8100 --delay-ms 300

It speaks what http/test_bank/ speaks, and takes the same choices at its page. `--authorise` is for
benches: every charge is paid by its fan at once. With `--unreliable 0.1` a tenth of the merchant's
calls go wrong besides: the request gets lost, or the answer, or it comes late; and webhooks come
late, twice, in another order, or again until they are heeded. What goes wrong follows from
`--seed`. The rules of money are those of http/test_bank/charges.py, so what it has captured and
given back is right whatever it says.

Needs YEMAE_SECRET_KEY, which the server has as well.
"""

import argparse
import asyncio
import hashlib
import hmac
import os
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
import uvicorn

from yemae.base.signing import key_for
from yemae.base.web_client import NoAnswerError, WebClient
from yemae.http.test_bank.charges import (
    BankEntry,
    Behaviour,
    cancelled,
    chosen,
    confirmed,
    refunded,
)
from yemae.http.test_bank.routes import (
    CHARGES,
    KEY_OF_CALLS,
    KEY_OF_WEBHOOKS,
    PAGE,
    SIGNATURE,
    GiveBack,
    NewCharge,
    Void,
)

HOST = "127.0.0.1"
# From now on every call goes well.
CALM = "/calm"
BODY_MAX_BYTES = 65_536
WEBHOOK_S = 5.0
# Of a webhook that is not heeded: the first pause, the longest one, and how often it comes.
HOOK_AGAIN_S, HOOK_AGAIN_MAX_S, HOOK_TRIES = 0.5, 20.0, 60
HOOKS_AT_ONCE = 16
LATE_S = 2.0

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, object]]]
Send = Callable[[dict[str, object]], Awaitable[None]]


class Answer(msgspec.Struct, frozen=True):
    """Status, body, and where a browser goes."""

    status: int
    body: object = None
    location: str = ""


class Bank:
    """An ASGI application."""

    def __init__(self, options: argparse.Namespace, secret_key: str) -> None:
        self.charges: dict[UUID, BankEntry] = {}
        self._options = options
        self._luck = random.Random(options.seed)  # noqa: S311 - no secret
        self._merchant = f"Bearer {key_for(secret_key, KEY_OF_CALLS).hex()}"
        self._webhook_key = key_for(secret_key, KEY_OF_WEBHOOKS)
        self._hooks = WebClient(WEBHOOK_S, HOOKS_AT_ONCE)
        self._telling: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        body = await _read(receive)
        answer = await self._answer(scope, body)
        head = [(b"content-type", b"application/json")]
        if answer is None:
            # Until the merchant has given up.
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        if answer.location:
            head.append((b"location", answer.location.encode()))
        said = msgspec.json.encode(answer.body)
        head.append((b"content-length", str(len(said)).encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": head})
        await send({"type": "http.response.body", "body": said})

    async def _answer(self, scope: Scope, body: bytes) -> Answer | None:
        """What to say; None: nothing, ever."""
        path, method = scope["path"], scope["method"]
        if path.startswith(PAGE):
            return self._choose(UUID(path.rpartition("/")[2]), body)
        if path == CALM:
            self._options.unreliable = 0.0
            return Answer(200)
        said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if not hmac.compare_digest(said.encode(), self._merchant.encode()):
            return Answer(401)
        if path == CHARGES and method == "GET":
            return Answer(200, list(self.charges.values()))
        return await self._by_fate(path.removeprefix(CHARGES).strip("/"), body)

    async def _by_fate(self, rest: str, body: bytes) -> Answer | None:
        fate = self._fate()
        if fate == "lost":
            return Answer(502)
        answer = await self._serve(rest, body)
        if fate == "late":
            await asyncio.sleep(self._luck.uniform(0, LATE_S))
        return {"answer lost": Answer(502), "hangs": None}.get(fate, answer)

    def _fate(self) -> str:
        """What becomes of a call."""
        if self._luck.random() >= self._options.unreliable:
            return "well"
        fates, weights = ("lost", "answer lost", "late", "hangs"), (4, 4, 3, self._options.hangs)
        return self._luck.choices(fates, weights)[0]

    async def _serve(self, rest: str, body: bytes) -> Answer | None:
        if not rest:
            return self._add(msgspec.json.decode(body, type=NewCharge))
        text, _, verb = rest.partition("/")
        charge_id = UUID(text)
        entry = self.charges.get(charge_id)
        if entry is None:
            return Answer(404)
        if verb == "confirm":
            await asyncio.sleep(self._options.delay_ms / 1000)
            return self._confirm(charge_id)
        if verb == "cancel":
            after = cancelled(entry, msgspec.json.decode(body, type=Void).key)
            self.charges[charge_id] = after
            return Answer(200, after)
        if verb == "refunds":
            return self._refund(charge_id, body)
        return Answer(200, entry)

    def _add(self, wanted: NewCharge) -> Answer:
        entry = BankEntry(**{name: getattr(wanted, name) for name in wanted.__struct_fields__})
        if self._options.authorise:
            entry = chosen(entry, "accept", None)
        entry = self.charges.setdefault(entry.id, entry)
        return Answer(201, {"page": f"{PAGE}/{entry.id}"})

    def _refund(self, charge_id: UUID, body: bytes) -> Answer:
        """Give back, or list what went back where nothing is asked for."""
        if not body:
            return Answer(200, self.charges[charge_id].refunds)
        wanted = msgspec.json.decode(body, type=GiveBack)
        done = refunded(self.charges[charge_id], wanted.amount, wanted.key)
        self.charges[charge_id] = done.entry
        return Answer(200, done.refund) if done.reply == "answer" else Answer(502)

    def _confirm(self, charge_id: UUID) -> Answer | None:
        done = confirmed(self.charges[charge_id], datetime.now(UTC))
        self.charges[charge_id] = done.entry
        match done.reply:
            case "answer":
                return Answer(200, done.entry)
            case "processing":
                return Answer(202, {"state": "processing"})
            case "hang":
                return None
        return Answer(502)

    # --- Fans, and webhooks ---

    def _choose(self, charge_id: UUID, body: bytes) -> Answer:
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        behaviour = msgspec.convert(fields.get("behaviour"), Behaviour)
        before = self.charges.get(charge_id)
        if before is None:
            return Answer(404)
        entry = self.charges[charge_id] = chosen(before, behaviour, fields.get("reason"))
        times = {"answer_twice": 2, "return_only": 0}.get(behaviour, 1)
        for _ in range(times):
            task = asyncio.create_task(self._tell(entry))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)
        return Answer(303, location=entry.return_url)

    async def _tell(self, entry: BankEntry) -> None:
        """Send a webhook until it is heeded."""
        if self._options.unreliable:
            await asyncio.sleep(self._luck.uniform(0, LATE_S))
        body = msgspec.json.encode({"charge": entry.id})
        signed = hmac.new(self._webhook_key, body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", SIGNATURE: signed}
        pause = HOOK_AGAIN_S
        for _ in range(HOOK_TRIES):
            try:
                answer = await self._hooks.ask("POST", entry.hook_url, headers, body)
            except NoAnswerError:
                answer = None
            if answer is not None and answer.status < 500 and answer.status != 429:
                return
            await asyncio.sleep(pause * self._luck.uniform(0.5, 1.5))
            pause = min(2 * pause, HOOK_AGAIN_MAX_S)


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        piece = message.get("body", b"")
        assert isinstance(piece, bytes)
        body += piece
        if not message.get("more_body") or len(body) > BODY_MAX_BYTES:
            return body


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.bank", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--delay-ms", type=float, default=0.0, help="of each capture")
    parser.add_argument("--authorise", action="store_true", help="every fan has paid at once")
    parser.add_argument("--unreliable", type=float, default=0.0, help="share of calls that fail")
    parser.add_argument("--hangs", type=float, default=0.5, help="weight of calls without an end")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


def main() -> None:
    """Serve until a signal comes."""
    options = read_options()
    bank = Bank(options, os.environ["YEMAE_SECRET_KEY"])
    uvicorn.run(
        bank, host=HOST, port=options.port, loop="uvloop", http="httptools", lifespan="off",
        log_config=None, access_log=False, ws="none", timeout_keep_alive=600,
        timeout_graceful_shutdown=1, backlog=4_096,
    )  # fmt: skip


if __name__ == "__main__":
    main()
