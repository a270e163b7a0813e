"""What the HTTP clients of this program share of libcurl: handles, and a request in one.

Always holds: a connection is made within CONNECT_S seconds, speaks HTTP/1.1, and trusts the
authorities of the system.
"""

import ssl
from collections.abc import Mapping, Sequence

import pycurl

CONNECT_S = 5


def new_curl(options: Mapping[int, int | str]) -> pycurl.Curl:
    """A handle that keeps its connection, with these options beside the shared ones."""
    curl = pycurl.Curl()
    shared: dict[int, int | str] = {
        pycurl.NOSIGNAL: 1,
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        pycurl.CONNECTTIMEOUT: CONNECT_S,
    }
    # The wheel's libcurl does not know this system's certificate folder.
    if authorities := ssl.get_default_verify_paths().cafile:
        shared[pycurl.CAINFO] = authorities
    for option, value in {**shared, **options}.items():
        curl.setopt(option, value)
    return curl


def set_request(
    curl: pycurl.Curl, method: str, url: str, headers: Sequence[str], body: bytes
) -> list[bytes]:
    """Prepare a request; the answer's body comes into the list in pieces."""
    pieces: list[bytes] = []
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.HTTPHEADER, list(headers))
    curl.setopt(pycurl.WRITEFUNCTION, pieces.append)
    if method == "GET":
        curl.setopt(pycurl.HTTPGET, 1)
    else:
        curl.setopt(pycurl.POSTFIELDS, body)
    curl.setopt(pycurl.CUSTOMREQUEST, method)
    return pieces
