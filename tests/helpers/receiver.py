"""A real HTTP server that receives webhooks, in threads of its own, and misbehaves as a test
wishes."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import msgspec


class Received(NamedTuple):
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def id(self) -> str:
        """Its webhook-id."""
        return self.headers["webhook-id"]

    @property
    def said(self) -> Any:
        """Its JSON."""
        return msgspec.json.decode(self.body)


class Receiver:
    """What came, and how it is answered: with 204 unless a test says otherwise."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.status = 204
        # Of paths that are answered otherwise.
        self.statuses: dict[str, int] = {}
        # Paths whose connection breaks in the middle of the answer.
        self.broken: set[str] = set()
        # Paths that are answered only when the event is set.
        self.slow: set[str] = set()
        self.released = threading.Event()
        # Called with each request before it is answered.
        self.before: Callable[[Received], None] = lambda _: None
        self.port = 0
        self.at_once: Counter[str] = Counter()
        self.most_at_once = 0
        self.lock = threading.Lock()

    def url(self, path: str = "/hooks") -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}{path}"

    def types(self) -> list[str]:
        """The types of the events that came."""
        return [each.said["type"] for each in self.received]


class Server(ThreadingHTTPServer):
    """Closes without waiting for requests that hang."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a process that was killed has left its connection."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            got = Received(self.path, headers, body)
            with receiver.lock:
                receiver.received.append(got)
                receiver.at_once[self.path] += 1
                receiver.most_at_once = max(receiver.most_at_once, receiver.at_once[self.path])
            try:
                receiver.before(got)
                if self.path in receiver.slow:
                    receiver.released.wait(60)
                self._answer()
            finally:
                with receiver.lock:
                    receiver.at_once[self.path] -= 1

        def _answer(self) -> None:
            if self.path in receiver.broken:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
                self.close_connection = True
                return
            status = receiver.statuses.get(self.path, receiver.status)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", receiver.url("/elsewhere"))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
