"""Which servers simulated fans reach through a proxy that the environment names."""

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from yemae.rehearsal.client import Client, is_this_machine
from yemae.rehearsal.tally import Tally

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


class Says(BaseHTTPRequestHandler):
    """Answers with what stands in the request line, as a proxy and a server see it."""

    def do_GET(self) -> None:
        """One answer."""
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Says) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def ask(url: str) -> tuple[int, str]:
    async def once() -> tuple[int, str]:
        client = Client(url, 1, Tally())
        try:
            answer = await client.ask("dates", "GET", "/v1/concerts", ())
        finally:
            await client.close()
        return answer.status, answer.body.decode()

    return asyncio.run(once())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_never_reached_through_a_proxy(
    port: int, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    assert ask(f"http://{host}:{port}") == (200, "/v1/concerts")


def test_another_machine_is_reached_as_the_environment_says(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    assert ask("http://tickets.invalid") == (200, "http://tickets.invalid/v1/concerts")
    monkeypatch.setenv("no_proxy", "tickets.invalid")
    assert ask("http://tickets.invalid")[0] == 0


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.8.8.8", True),
        ("http://[::1]:8000", True),
        ("http://localhost:8000", True),
        ("http://box.localhost", True),
        ("http://192.0.2.1", False),
        ("http://localhost.example.com", False),
        ("https://tickets.example.com", False),
    ],
)
def test_what_this_machine_is_called(url: str, is_ours: bool) -> None:
    assert is_this_machine(url) == is_ours
