"""HTTP calls to services of others: libcurl on the event loop, each call with a time limit.

Always holds: an answer is one that the other side gave; no answer, or only part of one, is a
NoAnswerError, and what the other side did is then unknown.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import pycurl

from yemae.base.curl import CONNECT_S, new_curl, set_request

ANSWER_MAX_BYTES = 1_000_000
OPTIONS: dict[int, int | str] = {
    pycurl.MAXFILESIZE: ANSWER_MAX_BYTES,
    pycurl.FOLLOWLOCATION: 0,
    pycurl.NOPROXY: "localhost,127.0.0.1,::1",
}


class NoAnswerError(Exception):
    """The call was not answered in its time, or the connection broke."""


class WebAnswer(NamedTuple):
    """An answer of any status."""

    status: int
    body: bytes


class WebClient:
    """Keep-alive connections; redirects are not followed. `timeout_s` is of a whole call."""

    def __init__(self, timeout_s: float, connections: int) -> None:
        self._timeout_s = timeout_s
        self._turns = asyncio.Semaphore(connections)
        self._free: list[pycurl.Curl] = []
        self._multi: pycurl.AsyncCurlMulti | None = None

    async def close(self) -> None:
        """Close every connection."""
        if self._multi is not None:
            await self._multi.aclose()
        for curl in self._free:
            curl.close()
        self._free.clear()

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b""
    ) -> WebAnswer:
        """Send one request. Raises NoAnswerError."""
        try:
            # The wait for a connection counts; libcurl itself gives up before this does.
            async with asyncio.timeout(self._timeout_s + CONNECT_S), self._turns:
                return await self._ask(method, url, headers, body)
        except (TimeoutError, pycurl.error) as error:
            raise NoAnswerError(str(error)) from error

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> WebAnswer:
        if self._multi is None:
            self._multi = pycurl.AsyncCurlMulti()
        curl = self._free.pop() if self._free else new_curl(OPTIONS)
        curl.setopt(pycurl.TIMEOUT_MS, max(1, round(self._timeout_s * 1000)))
        lines = [f"{name}: {value}" for name, value in headers.items()]
        pieces = set_request(curl, method, url, lines, body)
        try:
            await self._multi.perform(curl)
        except pycurl.error:
            self._free.append(curl)
            raise
        # A call that was cancelled takes its connection with it.
        self._free.append(curl)
        return WebAnswer(curl.getinfo(pycurl.RESPONSE_CODE), b"".join(pieces))
