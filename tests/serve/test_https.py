"""`yemae serve --domain localhost`, as a whole: the flow of a fan over HTTPS, and its life."""

import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pycurl
import pytest

from helpers.https import ROOT_CERTIFICATE, ask, free_ports
from helpers.pages import ROOT
from helpers.server import Server
from helpers.serving import until
from helpers.story import assert_every_step, printed, story

OPERATOR = "127.0.0.2"


@pytest.fixture(scope="module")
def server(kept_database_url: str, counting_valkey_url: str) -> Iterator[Server]:
    """A server with the small hall, and Caddy in front of it."""
    https, http = free_ports(2)
    with tempfile.TemporaryDirectory(prefix="yemae-https-") as folder:
        Path(folder).chmod(0o711)
        server = Server(
            Path(folder),
            *("--domain", "localhost", "--load", str(ROOT / "examples/small-hall.toml")),
            YEMAE_DATABASE_URL=kept_database_url,
            YEMAE_VALKEY_URL=counting_valkey_url,
            YEMAE_HTTPS_PORT=str(https),
            YEMAE_HTTP_PORT=str(http),
            YEMAE_OPERATORS_FROM=OPERATOR,
            YEMAE_METRICS="all",
            YEMAE_ACCOUNTS_PER_ADDRESS_PER_MINUTE="3",
            YEMAE_LOG_LEVEL="info",
        )
        server.url = f"https://localhost:{https}"
        server.start()
        try:
            yield server
        finally:
            server.stop()


def authority(server: Server) -> Path:
    return server.folder / "data/caddy" / ROOT_CERTIFICATE


def answers(server: Server) -> bool:
    try:
        return ask(f"{server.url}/livez", authority(server)).status == 200
    except pycurl.error:
        return False


def test_it_says_the_address_that_fans_use(server: Server) -> None:
    assert f'"url":"{server.url}"' in server.said()


def test_the_flow_of_the_readme_ends_with_a_ticket_over_http_2(server: Server) -> None:
    assert_every_step(printed(story(), server.url, CURL_CA_BUNDLE=str(authority(server))))
    assert ask(f"{server.url}/v1/concerts", authority(server)).version == "2"


@pytest.mark.parametrize("path", ["/", "/v1/performances/small-hall-2030-05-03/plan"])
def test_what_a_browser_has_is_not_sent_again(server: Server, path: str) -> None:
    coding = "Accept-Encoding: gzip"
    first = ask(server.url + path, authority(server), [coding])
    assert (first.status, first.headers["content-encoding"]) == (200, "gzip")
    known = f"If-None-Match: {first.headers['etag']}"
    assert ask(server.url + path, authority(server), [coding, known]).status == 304


def test_operators_calls_and_metrics_are_open_to_operators_networks_alone(server: Server) -> None:
    queue = "/v1/admin/concerts/small-hall/queue"
    for path, inside in (("/metrics", 200), (queue, 401)):
        assert ask(server.url + path, authority(server), source="127.0.0.1").status == 404
        assert ask(server.url + path, authority(server), source=OPERATOR).status == inside


def test_an_address_that_the_client_writes_makes_no_more_accounts(server: Server) -> None:
    url = f"{server.url}/v1/guests"
    statuses = [
        ask(url, authority(server), [f"X-Forwarded-For: 203.0.113.{n}"], body=b"{}",
            source="127.0.0.9").status
        for n in range(4)
    ]  # fmt: skip
    assert statuses == [201, 201, 201, 429]
    assert ask(url, authority(server), body=b"{}", source="127.0.0.8").status == 201


def test_caddy_comes_back_with_the_server_s_next_look(server: Server) -> None:
    (before,) = server.below("caddy")
    os.kill(before, signal.SIGKILL)
    until(lambda: server.below("caddy") not in ([before], []))
    until(lambda: "Caddy had ended and was started again" in server.complaint())

    until(lambda: answers(server))


def test_the_server_s_end_is_caddy_s_end(server: Server) -> None:
    (caddy,) = server.below("caddy")
    port = int(server.url.rpartition(":")[2])
    assert server.end() == 0
    assert not psutil.pid_exists(caddy)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    assert "Traceback" not in server.complaint()
    # The next start takes the certificates that are there.
    made = authority(server).read_bytes()
    server.start()
    assert authority(server).read_bytes() == made
    assert ask(f"{server.url}/livez", authority(server)).status == 200
