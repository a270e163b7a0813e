"""A TCP wire on loopback in front of a real store, which a test breaks at a chosen step.

A step is a new connection, or a piece of data on its way in either direction. `arm` says at which
step from now on the wire breaks, and how; `mend` ends that. It runs in a thread of its own, so that
nothing of the program under test can hold it up.

- cut: the connection is closed in order (FIN), once.
- reset: the connection is reset (RST), once.
- half-open: from that step on nothing goes through, for any connection, and nothing is closed.
- delay: from that step on each piece takes `DELAY_S`.
- garble: the piece of that step arrives as bytes that no protocol knows, once.

`silence` is half-open for the connections of that moment only.
"""

import selectors
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Way = Literal["cut", "reset", "half-open", "delay", "garble"]
DELAY_S = 0.1
TURN_S = 0.02
PIECE = 65_536
# Closing resets the connection instead of ending it in order.
RESET = struct.pack("ii", 1, 0)

Socket = socket.socket


class Wire:
    """A listening socket whose connections lead to the store at a path or (host, port)."""

    def __init__(self, upstream: str | tuple[str, int]) -> None:
        self._upstream = upstream
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self.port: int = self._listener.getsockname()[1]
        self._ends: dict[Socket, Socket] = {}
        self._lock = threading.Lock()
        self._way: Way | None = None
        self._steps_left = 0
        self._silent: set[Socket] = set()
        self._is_over = False
        # Whether the armed step has come.
        self.broke = False
        # How many connections there have been.
        self.accepted = 0
        self._thread = threading.Thread(target=self._run, name="wire")
        self._thread.start()

    def arm(self, way: Way, step: int) -> None:
        """Break at the step with this number from now on; the next one is 1."""
        with self._lock:
            self._way, self._steps_left, self.broke = way, step, False

    def mend(self) -> None:
        """Let everything through again. Connections that have lost data are reset."""
        with self._lock:
            self._way = None
            for each in list(self._silent):
                self._break(each, "reset")
            self._silent.clear()

    def silence(self) -> None:
        """Let nothing through on the connections of now, and close none; new ones work."""
        with self._lock:
            for each in self._ends:
                self._selector.unregister(each)

    def drop_all(self) -> None:
        """Reset every connection, so that clients have to connect to the store again."""
        with self._lock:
            for each in list(self._ends):
                self._break(each, "reset")

    def close(self) -> None:
        """End the thread and every connection."""
        self._is_over = True
        self._thread.join()
        self.drop_all()
        self._listener.close()
        self._selector.close()

    def _run(self) -> None:
        while not self._is_over:
            for key, _ in self._selector.select(TURN_S):
                with self._lock:
                    source = key.fileobj
                    if source is self._listener:
                        self._accept()
                    elif isinstance(source, Socket) and source in self._ends:
                        self._carry(source)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        self.accepted += 1
        server = Socket(
            socket.AF_UNIX if isinstance(self._upstream, str) else socket.AF_INET,
        )
        self._ends |= {client: server, server: client}
        try:
            server.connect(self._upstream)
        except OSError:
            self._break(client, "reset")
            return
        self._selector.register(client, selectors.EVENT_READ)
        self._selector.register(server, selectors.EVENT_READ)
        self._step(client)

    def _carry(self, source: Socket) -> None:
        piece = b""
        with suppress(OSError):
            piece = source.recv(PIECE)
        if not piece:
            self._break(source, "cut")
        elif self._step(source):
            if self._way == "garble" and not self._steps_left:
                piece = b"\xff" * len(piece)
            try:
                self._ends[source].sendall(piece)
            except OSError:
                self._break(source, "reset")

    def _step(self, source: Socket) -> bool:
        """Count a step. Returns whether its data goes on."""
        self._steps_left -= 1
        if self._way is None or self._steps_left > 0:
            return True
        if self._way in ("cut", "reset", "garble") and self._steps_left:
            return True
        self.broke = True
        if self._way in ("cut", "reset"):
            self._break(source, self._way)
        elif self._way == "half-open":
            self._silent.add(source)
        elif self._way == "delay":
            time.sleep(DELAY_S)
        return self._way in ("delay", "garble")

    def _break(self, source: Socket, way: Way) -> None:
        target = self._ends.get(source)
        for each in (source, target):
            if each is not None and self._ends.pop(each, None) is not None:
                with suppress(KeyError, ValueError):
                    self._selector.unregister(each)
                with suppress(OSError):
                    if way == "reset":
                        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                each.close()


@contextmanager
def wire_to(upstream: str | tuple[str, int]) -> Iterator[Wire]:
    """A wire that works, until the block ends."""
    wire = Wire(upstream)
    try:
        yield wire
    finally:
        wire.close()
