"""Caddy in front of a small server: what it lets through, what it tells the server, its life."""

import http.client
import json
import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import psutil
import pycurl
import pytest
from structlog.testing import capture_logs

from helpers.https import ROOT_CERTIFICATE, Answer, ask, free_ports, handle
from helpers.serving import until
from yemae.serve import caddy as module
from yemae.serve.caddy import Caddy
from yemae.settings import Settings

OPERATOR = "127.0.0.2"
LONG = 200_000


class Behind(BaseHTTPRequestHandler):
    """Answers with the request that arrived; `/v1/stream` sends one event and waits."""

    protocol_version = "HTTP/1.1"
    release = threading.Event()

    def do_GET(self) -> None:
        """Answer."""
        if self.path == "/v1/stream":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b": hello\n\n")
            self.release.wait(60)
            return
        size = int(self.headers.get("Content-Length", 0))
        said = {
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body_bytes": len(self.rfile.read(size)),
            "filling": "x" * (2_000 if self.path == "/v1/big" else 0),
        }
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *_: object) -> None:  # noqa: D102 - silence
        pass


class Front(NamedTuple):
    """A Caddy that runs, and what is behind it."""

    caddy: Caddy
    settings: Settings
    behind: socket.socket

    @property
    def authority(self) -> Path:
        """The certificate that clients have to trust."""
        return self.settings.stores.data_dir / "caddy" / ROOT_CERTIFICATE

    def ask(
        self, path: str, *headers: str, body: bytes | None = None, source: str = "127.0.0.1"
    ) -> Answer:
        """One request."""
        return ask(self.caddy.url + path, self.authority, headers, body=body, source=source)


def settings_in(folder: Path, **more: object) -> Settings:
    """For localhost, with free ports."""
    https, http = free_ports(2)
    return Settings().replace(
        **{
            "domain": "localhost",
            "https_port": https,
            "http_port": http,
            "data_dir": folder,
            "operators_from": f"{OPERATOR}, 10.0.0.0/8",
            "log_format": "json",
            **more,
        }
    )


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """One Caddy for most tests, before a server that tells what reached it."""
    settings = settings_in(tmp_path_factory.mktemp("caddy"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    caddy = Caddy(settings)
    with ExitStack() as stack:
        caddy.bind(stack)
        try:
            caddy.start(server.socket)
            yield Front(caddy, settings, server.socket)
        finally:
            Behind.release.set()
            caddy.stop(30)
            server.shutdown()
            server.server_close()


def test_it_speaks_http_2_with_a_certificate_of_its_own_authority(front: Front) -> None:
    answer = front.ask("/v1/concerts")
    assert (answer.status, answer.version) == (200, "2")
    assert json.loads(answer.body)["path"] == "/v1/concerts"
    with pytest.raises(pycurl.error):
        ask(front.caddy.url, Path("/etc/ssl/certs/ca-certificates.crt"))


def test_the_server_gets_the_address_that_caddy_sees(front: Front) -> None:
    spoofed = (
        "X-Forwarded-For: 203.0.113.7",
        "X-Real-IP: 203.0.113.7",
        "Forwarded: for=203.0.113.7",
    )
    got = json.loads(front.ask("/", *spoofed, source="127.0.0.3").body)["headers"]
    assert got["x-forwarded-for"] == "127.0.0.3"
    assert got["x-forwarded-proto"] == "https"
    assert "203.0.113.7" not in got.values()


@pytest.mark.parametrize(
    "path",
    ["/metrics", "/metrics/", "/v1/admin", "/v1/admin/concerts/a/queue", "/v1/%61dmin/x",
     "/%6detrics", "/V1/admin/x", "//metrics", "/v1//admin/x", "/x/../metrics"],
)  # fmt: skip
def test_what_operators_use_is_open_to_their_networks_alone(front: Front, path: str) -> None:
    closed = front.ask(path)
    assert (closed.status, json.loads(closed.body)["type"]) == (404, "/problems/not-found")
    assert closed.headers["content-type"] == "application/problem+json"
    forged = front.ask(path, f"X-Forwarded-For: {OPERATOR}")
    assert forged.status == 404
    assert front.ask(path, source=OPERATOR).status == 200


def test_other_paths_are_open(front: Front) -> None:
    assert front.ask("/v1/concerts/metrics").status == 200
    assert front.ask("/v1/administer").status == 200


def test_answers_are_compressed_and_streams_are_not(front: Front) -> None:
    codings = "Accept-Encoding: gzip"
    assert front.ask("/v1/big", codings).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in front.ask("/v1/small", codings).headers


def test_an_event_arrives_while_its_stream_is_open(front: Front) -> None:
    got: list[bytes] = []
    heads: list[bytes] = []
    curl = handle(f"{front.caddy.url}/v1/stream", front.authority, ["Accept-Encoding: gzip, zstd"])
    curl.setopt(pycurl.HEADERFUNCTION, heads.append)

    def note(piece: bytes) -> int:
        got.append(piece)
        return -1  # the client leaves

    curl.setopt(pycurl.WRITEFUNCTION, note)
    with pytest.raises(pycurl.error):
        curl.perform()
    assert got == [b": hello\n\n"]
    assert not any(head.lower().startswith(b"content-encoding") for head in heads)
    assert not Behind.release.is_set()


def test_a_long_head_and_a_long_body_are_refused(front: Front) -> None:
    trusted = ssl.create_default_context(cafile=str(front.authority))
    port = front.settings.https.https_port
    connection = http.client.HTTPSConnection("localhost", port, context=trusted, timeout=60)
    connection.request("GET", "/", headers={"X-Long": "x" * 30_000})
    assert connection.getresponse().status == 431
    connection.close()
    assert front.ask("/", body=b"x" * LONG).status == 413
    assert json.loads(front.ask("/", body=b"x" * 60_000).body)["body_bytes"] == 60_000


def test_plain_http_leads_to_https(front: Front) -> None:
    url = f"http://127.0.0.1:{front.settings.https.http_port}/concerts?a=b"
    answer = ask(url, front.authority)
    assert answer.status == 308
    assert answer.headers["location"] == f"{front.caddy.url}/concerts?a=b"


def test_only_the_name_of_the_certificate_is_served(front: Front) -> None:
    assert front.ask("/", "Host: other.example.com").status == 421


def test_its_files_belong_to_the_user_it_runs_as_and_are_private(front: Front) -> None:
    folder = front.settings.stores.data_dir / "caddy"
    assert front.caddy.process is not None
    user = psutil.Process(front.caddy.process.pid).uids().effective
    found = [path.stat() for path in (folder, *folder.rglob("*"))]
    assert {stat.st_uid for stat in found} == {user}
    assert not any(stat.st_mode & 0o007 for stat in found)
    assert os.geteuid() != 0 or user != 0


def test_one_that_was_killed_is_started_again(front: Front) -> None:
    assert front.caddy.process is not None
    front.caddy.process.send_signal(signal.SIGKILL)
    front.caddy.process.wait()
    until(front.caddy.check)
    until(front.caddy._has_certificate)
    assert front.ask("/").status == 200


def test_a_server_that_does_not_answer_is_a_503_with_retry_after(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    caddy = Caddy(settings := settings_in(tmp_path, log_level="debug"))
    with ExitStack() as stack, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        caddy.bind(stack)
        caddy.start(silent)
        try:
            answer = Front(caddy, settings, silent).ask("/", "Entry-Token: a-secret")
        finally:
            caddy.stop(30)
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert json.loads(answer.body)["type"] == "/problems/store-unavailable"
    assert caddy.process is not None
    assert caddy.process.returncode == 0
    said = capfd.readouterr().err
    assert all(
        {"level", "timestamp", "event"} <= json.loads(line).keys() for line in said.splitlines()
    )
    assert "connection refused" in said
    assert '"request":' in said
    assert "a-secret" not in said


def test_stopping_lets_an_answer_end_and_refuses_new_clients(tmp_path: Path) -> None:
    caddy = Caddy(settings := settings_in(tmp_path))
    with (
        ExitStack() as stack,
        socket.create_server(("127.0.0.1", 0)) as server,
        ThreadPoolExecutor() as pool,
    ):
        caddy.bind(stack)
        try:
            caddy.start(server)
            port = caddy._https.getsockname()[1]
            asked = pool.submit(Front(caddy, settings, server).ask, "/v1/slow")
            with server.accept()[0] as behind:
                behind.recv(4096)
                caddy.begin_stop()
                behind.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                assert asked.result().body == b"ok"
        finally:
            caddy.stop(30)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    assert caddy.process is not None
    assert caddy.process.returncode == 0


def test_without_a_certificate_it_runs_on_and_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CERTIFICATE_WAIT_S", 1.0)
    (closed,) = free_ports(1)
    away = {"domain": "tickets.localhost", "acme_url": f"https://127.0.0.1:{closed}/directory"}
    caddy = Caddy(settings_in(tmp_path, **away))
    with ExitStack() as stack, socket.create_server(("127.0.0.1", 0)) as server:
        caddy.bind(stack)
        try:
            with capture_logs() as logged:
                caddy.start(server)
            assert [entry["event"].partition(";")[0] for entry in logged] == ["no certificate yet"]
            assert caddy.check() is False
        finally:
            caddy.stop(30)
