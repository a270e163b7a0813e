"""Requests over HTTPS whose certificate is checked, with the HTTP version, from any address of this
machine; and ports for a Caddy."""

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pycurl

VERSIONS = {pycurl.CURL_HTTP_VERSION_1_1: "1.1", pycurl.CURL_HTTP_VERSION_2_0: "2"}
# In the folder of Caddy's data.
ROOT_CERTIFICATE = Path("pki/authorities/local/root.crt")


class Answer(NamedTuple):
    """What a client got; the names of headers are in small letters."""

    status: int
    version: str
    headers: dict[str, str]
    body: bytes


def free_ports(count: int) -> list[int]:
    """Different ports that were free a moment ago."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def handle(url: str, authority: Path, headers: Sequence[str] = (), source: str = "") -> pycurl.Curl:
    """A request that is about to be made, from the address `source`."""
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.CAINFO, str(authority))
    curl.setopt(pycurl.NOPROXY, "*")
    curl.setopt(pycurl.PATH_AS_IS, 1)
    curl.setopt(pycurl.HTTPHEADER, list(headers))
    curl.setopt(pycurl.TIMEOUT, 60)
    if source:
        curl.setopt(pycurl.INTERFACE, f"host!{source}")
    return curl


def ask(
    url: str,
    authority: Path,
    headers: Sequence[str] = (),
    *,
    body: bytes | None = None,
    source: str = "",
) -> Answer:
    """Make one request on a connection of its own."""
    curl = handle(url, authority, headers, source)
    found: dict[str, str] = {}

    def note(line: bytes) -> None:
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            found[name.strip().lower()] = value.strip()

    curl.setopt(pycurl.HEADERFUNCTION, note)
    if body is not None:
        curl.setopt(pycurl.POSTFIELDS, body)
    try:
        got = curl.perform_rb()
        version = VERSIONS[curl.getinfo(pycurl.INFO_HTTP_VERSION)]
        return Answer(curl.getinfo(pycurl.RESPONSE_CODE), version, found, got)
    finally:
        curl.close()
