"""The HTTP client of the fans: libcurl, a bounded number of connections, one event loop.

Why libcurl: 64 connections to `/livez` of one server process, the client on a core of its own (AMD
EPYC, 2 cores, Python 3.11), processor time of the client for one request, and requests/s:

    a bare asyncio protocol of our own, for comparison   29 us   14 000
    pycurl 7.49                                          52 us   15 000
    wreq 0.13                                            64 us   10 600
    pyreqwest 0.15                                       67 us   10 100
    impit 0.15                                           87 us    9 100
    aiohttp 3.14 on uvloop                               91 us   10 200
    primp 2.0                                           103 us    8 400
    aiosonic 1.3                                        119 us    5 400
    curl-cffi 0.16                                      293 us    2 800
    niquests 3.21                                       736 us    1 200
    httpx 0.28                                        1 806 us      500

A latency runs from the moment at which the request has a connection to the last byte of its answer;
the wait for a connection is counted separately.
"""

import asyncio
import ipaddress
import time
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import pycurl

from yemae.base.curl import new_curl, set_request
from yemae.rehearsal.tally import NO_ANSWER, Call, Tally

ANSWER_S = 30
# The seat list of an arena is a megabyte: a large buffer means few calls into Python.
BUFFER_BYTES = 262_144
OPTIONS: dict[int, int | str] = {
    pycurl.TIMEOUT: ANSWER_S,
    pycurl.BUFFERSIZE: BUFFER_BYTES,
}


class Response(NamedTuple):
    """An answer; the status is NO_ANSWER when none came."""

    status: int
    body: bytes
    # Seconds; 0 when the server did not say.
    retry_after_s: int


class Client:
    """Keep-alive connections to one server."""

    def __init__(self, url: str, connections: int, tally: Tally) -> None:
        self._url = url.rstrip("/")
        self._options = OPTIONS | ({pycurl.PROXY: ""} if is_this_machine(url) else {})
        self._tally = tally
        self._free: list[pycurl.Curl] = []
        self._turns = asyncio.Semaphore(connections)
        self._multi = pycurl.AsyncCurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, connections)

    async def close(self) -> None:
        """Close every connection."""
        await self._multi.aclose()
        for curl in self._free:
            curl.close()

    async def ask(
        self, call: Call, method: str, path: str, headers: Sequence[str], body: bytes = b""
    ) -> Response:
        """Send one request and wait for its answer, of any status."""
        begin = time.perf_counter()
        async with self._turns:
            sent_at = time.perf_counter()
            self._tally.for_connection.add(sent_at - begin)
            answer = await self._ask(method, path, headers, body)
            self._tally.answered(call, answer.status, time.perf_counter() - sent_at)
        return answer

    async def _ask(self, method: str, path: str, headers: Sequence[str], body: bytes) -> Response:
        curl = self._free.pop() if self._free else new_curl(self._options)
        pieces = set_request(curl, method, self._url + path, headers, body)
        try:
            await self._multi.perform(curl)
        except pycurl.error:
            return Response(NO_ANSWER, b"", 0)
        else:
            status = curl.getinfo(pycurl.RESPONSE_CODE)
            after_s = curl.getinfo(pycurl.RETRY_AFTER) if status in {429, 503} else 0
            return Response(status, b"".join(pieces), after_s)
        finally:
            self._free.append(curl)


def is_this_machine(url: str) -> bool:
    """Whether a URL names this machine, which is never reached through a proxy. Other hosts are
    reached as `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def first_event(url: str, headers: Sequence[str], name: str) -> bytes:
    """The data of the first event of this name on a stream, which ends with it; empty when none
    came. It blocks."""
    options = OPTIONS | ({pycurl.PROXY: ""} if is_this_machine(url) else {})
    curl = new_curl(options)
    heard = bytearray()
    set_request(curl, "GET", url, headers, b"")

    def hear(piece: bytes) -> int:
        heard.extend(piece)
        # Fewer bytes than there were end the transfer.
        return 0 if _event(heard, name) else len(piece)

    curl.setopt(pycurl.WRITEFUNCTION, hear)
    try:
        curl.perform()
    except pycurl.error:
        pass
    finally:
        curl.close()
    return _event(heard, name)


def _event(heard: bytes | bytearray, name: str) -> bytes:
    """The data of the first whole event of this name."""
    _, _, rest = bytes(heard).partition(b"event: %s\ndata: " % name.encode())
    data, end, _ = rest.partition(b"\n\n")
    return data if end else b""
