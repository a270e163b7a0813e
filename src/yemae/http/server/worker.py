"""One server process: takes requests from the socket that its parent opened.

`yemae.serve.worker_pool` starts it as `python -m yemae.http.server.worker <socket> <pipe>`, both
numbers of inherited descriptors, with every setting in the environment. It writes a byte to the
pipe when it takes requests, and then one every second: a heartbeat, which stops when the event loop
stands still. SIGUSR1 makes it drain, SIGUSR2 say where its threads stand; it ends after SIGTERM
when the requests that it has are answered. Started by root, it has become the system user before it
looks at anything that comes from outside.
"""

import asyncio
import faulthandler
import gc
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, cast

import uvicorn

from yemae.base.open_files import bound, files_max
from yemae.embedded.account import give_up_root
from yemae.http.last_connections import take_the_rest
from yemae.http.server.app import create_app, drain, end_streams
from yemae.http.server.connection import Connection
from yemae.http.server.connections import BODY_WAIT_S, Connections
from yemae.settings import Settings, read_settings

if TYPE_CHECKING:
    from yemae.http.server.app import App

KEEP_ALIVE_S = 30
HEARTBEAT_S = 1.0
BACKLOG = 2048


class Server(uvicorn.Server):
    """Uvicorn that tells the parent when it is up, and that it still is."""

    pipe: int
    drain: Callable[[], None]
    end_streams: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual; a start that failed says nothing and ends."""
        await super().startup(sockets)
        # What is there by now stays for good; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        if self.started:
            asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.drain)
            self._beat()

    def _beat(self) -> None:
        """Give a sign of life, now and every second until the loop has ended."""
        # The pipe is full when the parent stands still, and closed when it is about to end us.
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(self.pipe, b".")
        asyncio.get_running_loop().call_later(HEARTBEAT_S, self._beat)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as usual, which waits for answers under way; so streams are ended first, and who
        has connected by now still gets an answer, with which the connection ends."""
        self.drain()
        self.end_streams()
        listeners = [listener.dup() for listener in sockets or ()]
        for server in self.servers:
            server.close()
        for listener in listeners:
            await take_the_rest(listener, self.new_connection)
        await super().shutdown(sockets)

    def new_connection(self) -> asyncio.Protocol:
        """What serves one more client, as uvicorn makes it."""
        make = cast("Callable[..., asyncio.Protocol]", self.config.http_protocol_class)
        return make(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def config_of(app: "App", settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application. It trusts `X-Forwarded-For` only of the proxies that
    FORWARDED_ALLOW_IPS names, by default this machine."""
    among = Connections(bound(settings.server.connections_max, files_max()), BODY_WAIT_S)
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=partial(Connection, among=among, at_once=app.at_once),  # type: ignore[arg-type]
        ws="none",
        lifespan="on",
        interface="asgi3",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=settings.server.shutdown_grace_s,
    )


def main(listener: int, pipe: int) -> int:
    """Serve until SIGTERM. Returns the exit code."""
    faulthandler.register(signal.SIGUSR2)
    settings = read_settings()
    app = create_app(settings)
    server = Server(config_of(app, settings))
    server.pipe = pipe
    server.drain = partial(drain, app)
    server.end_streams = partial(end_streams, app)
    give_up_root()
    server.run(sockets=[socket.socket(fileno=listener)])
    return 0 if server.started else 3


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
