"""A mail server and a receiver of webhooks as one program: quick, or as slow as a bench wishes.

    python -m bench.receivers --port 8200 --mail-port 8201 --slow-s 11

Events come to `/hooks`. `POST /slow/mail` and `POST /slow/webhooks` make one of the two slow: from
then on each of its answers comes SLOW_S later, of the mail server also its greeting. `POST /quick`
sends what is held back, and ends it. Every one of these calls, and `GET /received`, is answered
with what was received.

A letter or an event counts when the answer that it was taken goes out, and its sender is still
there.
"""

import argparse
import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgspec
import uvicorn
import uvloop

from bench.load import HOST

HOOKS = "/hooks"
LETTER_MAX_BYTES = 4 << 20
LETTER_ENDS = b"\r\n.\r\n"
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Received(msgspec.Struct, frozen=True):
    """What one of the two has received: ids, how often one came again, and answers held back."""

    ids: int
    again: int
    held: int


class ReceivedByBoth(msgspec.Struct, frozen=True):
    """What both have received."""

    mail: Received
    webhooks: Received


class Receiver:
    """What has come to one of the two, and when it answers."""

    def __init__(self, slow_s: float) -> None:
        self._slow_s = slow_s
        self._is_quick = asyncio.Event()
        self._is_quick.set()
        self._taken: Counter[str] = Counter()
        self._held = 0

    def be_slow(self) -> None:
        """Hold back every answer from now on."""
        self._is_quick.clear()

    def be_quick(self) -> None:
        """Answer at once, also what was held back."""
        self._is_quick.set()

    async def pause(self) -> None:
        """Wait for as long as an answer takes."""
        if self._is_quick.is_set():
            return
        self._held += 1
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._slow_s):
                    await self._is_quick.wait()
        finally:
            self._held -= 1

    def take(self, id_: str) -> None:
        """Its sender knows that it has arrived."""
        self._taken[id_] += 1

    def received(self) -> Received:
        """What has come so far."""
        return Received(len(self._taken), self._taken.total() - len(self._taken), self._held)


class Receivers:
    """Both; an ASGI application."""

    def __init__(self, slow_s: float) -> None:
        self._mail, self._webhooks = Receiver(slow_s), Receiver(slow_s)
        self._calls: dict[str, Callable[[], None]] = {
            "/slow/mail": self._mail.be_slow,
            "/slow/webhooks": self._webhooks.be_slow,
            "/quick": self._be_quick,
            "/received": lambda: None,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        while (await receive()).get("more_body"):
            pass
        if scope["path"] == HOOKS:
            await self._event(dict(scope["headers"]), receive, send)
        elif call := self._calls.get(scope["path"]):
            call()
            both = ReceivedByBoth(self._mail.received(), self._webhooks.received())
            await _answer(send, 200, msgspec.json.encode(both))
        else:
            await _answer(send, 404)

    def _be_quick(self) -> None:
        self._mail.be_quick()
        self._webhooks.be_quick()

    async def _event(self, headers: dict[bytes, bytes], receive: Receive, send: Send) -> None:
        # The next message of a request that is whole says that its sender has gone.
        gone = asyncio.ensure_future(receive())
        try:
            await self._webhooks.pause()
            if not gone.done():
                self._webhooks.take(headers[b"webhook-id"].decode())
                await _answer(send, 200)
        finally:
            gone.cancel()

    async def letters(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection to the mail server."""

        async def say(words: bytes) -> None:
            await self._mail.pause()
            writer.write(words + b"\r\n")
            await writer.drain()

        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await say(b"220 bench ESMTP")
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    await say(b"354 go on")
                    letter = await reader.readuntil(LETTER_ENDS)
                    await self._mail.pause()
                    if reader.at_eof():
                        break
                    self._mail.take(_message_id(letter))
                    writer.write(b"250 taken\r\n")
                elif verb == b"QUIT":
                    await say(b"221 bye")
                    break
                else:
                    await say(b"250 bench")
        writer.close()


async def _answer(send: Send, status: int, body: bytes = b"") -> None:
    headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _message_id(letter: bytes) -> str:
    found = MESSAGE_ID.search(letter)
    assert found, "a letter without a Message-ID"
    return found[1].decode()


async def serve(options: argparse.Namespace) -> None:
    """Serve until a signal comes."""
    both = Receivers(options.slow_s)
    config = uvicorn.Config(
        both, host=HOST, port=options.port, http="httptools", lifespan="off", log_config=None,
        access_log=False, ws="none", timeout_keep_alive=600, timeout_graceful_shutdown=1,
    )  # fmt: skip
    mail = await asyncio.start_server(both.letters, HOST, options.mail_port, limit=LETTER_MAX_BYTES)
    async with mail:
        await uvicorn.Server(config).serve()


def read_options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="bench.receivers", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True, help="of HTTP")
    parser.add_argument("--mail-port", type=int, required=True)
    parser.add_argument("--slow-s", type=float, default=11.0, help="of an answer while slow")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    uvloop.run(serve(read_options()))
