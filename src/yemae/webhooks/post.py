"""One request to an endpoint, over libcurl: bounded in time and size, and never to a place that is
not allowed. Redirects are not followed, and no proxy is used: both would go past the check.
"""

import asyncio
import socket
from collections.abc import Mapping
from typing import Any, NamedTuple

import pycurl

from yemae.base.curl import CONNECT_S, new_curl, set_request
from yemae.settings.webhooks import WebhookAddresses
from yemae.webhooks.addresses import is_public

ANSWER_S = 10
ANSWER_MAX_BYTES = 65_536
OPTIONS: dict[int, int | str] = {
    pycurl.FOLLOWLOCATION: 0,
    pycurl.PROXY: "",
    pycurl.TIMEOUT_MS: ANSWER_S * 1000,
    # An address that accepts and then sends nothing keeps no file open for longer.
    pycurl.MAXFILESIZE: ANSWER_MAX_BYTES,
}


class Posted(NamedTuple):
    """What an endpoint answered: a status, or why there is none."""

    status: int | None
    error: str | None

    @property
    def is_accepted(self) -> bool:
        """Whether the endpoint has it."""
        return self.status is not None and 200 <= self.status < 300


class WebhookSender:
    """Sends requests, with connections that are kept."""

    def __init__(self, allowed: WebhookAddresses) -> None:
        self._allowed = allowed
        self._multi: pycurl.AsyncCurlMulti | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._multi is not None:
            await self._multi.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: str | bytes) -> Posted:
        """Send one request. Never raises for what the other side does."""
        if self._multi is None:
            self._multi = pycurl.AsyncCurlMulti()
        curl, refused = new_curl(OPTIONS), list[str]()
        if self._allowed == "public":
            # Also for an URL that was accepted while the setting allowed more.
            curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTPS)
            curl.setopt(pycurl.OPENSOCKETFUNCTION, _guard(refused))
        else:
            curl.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
        raw = body.encode() if isinstance(body, str) else body
        set_request(curl, "POST", url, [f"{k}: {v}" for k, v in headers.items()], raw)
        try:
            # libcurl itself gives up before.
            async with asyncio.timeout(ANSWER_S + CONNECT_S):
                await self._multi.perform(curl)
        except (TimeoutError, pycurl.error) as error:
            if refused:
                return Posted(None, f"{refused[0]} is not a public address")
            return Posted(None, _words(error))
        status = int(curl.getinfo(pycurl.RESPONSE_CODE))
        curl.close()
        return Posted(status, None if 200 <= status < 300 else f"answered {status}")


def _guard(refused: list[str]) -> Any:
    """What opens a connection's socket: libcurl asks it with the address that a name stands for."""

    def open_socket(_: int, address: Any) -> socket.socket | int:
        host = address.addr[0]
        host = host.decode() if isinstance(host, bytes) else host
        if not is_public(host):
            refused.append(host)
            return int(pycurl.SOCKET_BAD)
        return socket.socket(address.family, address.socktype, address.protocol)

    return open_socket


def _words(error: BaseException) -> str:
    text = str(error.args[1]) if len(error.args) > 1 else "no answer in time"
    return text[:200] or "no answer"
