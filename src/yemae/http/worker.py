"""One server process: takes requests from the socket that its parent opened.

`yemae.worker_pool` starts it as `python -m yemae.http.worker <socket> <pipe>`, both numbers of
inherited descriptors, with every setting in the environment. It writes one byte to the pipe when
it takes requests, and ends after SIGTERM when the requests that it has are answered.
"""

import gc
import os
import socket
import sys
from collections.abc import Callable
from functools import partial

import uvicorn
from starlette.applications import Starlette

from yemae.http.app import create_app, end_streams
from yemae.http.connection import Connection
from yemae.http.connections import Connections, bound, files_max
from yemae.settings import Settings, read_settings

KEEP_ALIVE_S = 30
BACKLOG = 2048


class Server(uvicorn.Server):
    """Uvicorn that tells the parent when it is up."""

    ready_pipe: int
    end_streams: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as usual; a start that failed says nothing and ends."""
        await super().startup(sockets)
        # What is there by now stays for good; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        if self.started:
            os.write(self.ready_pipe, b"1")
            os.close(self.ready_pipe)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop as usual, which waits for answers under way; so streams are ended first."""
        self.end_streams()
        await super().shutdown(sockets)


def config_of(app: Starlette, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves the application. It believes `X-Forwarded-For` of those proxies only that
    FORWARDED_ALLOW_IPS names, which is this machine unless told otherwise."""
    among = Connections(bound(settings.connections_max, files_max()), settings.body_wait_s)
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=partial(Connection, among=among),  # type: ignore[arg-type]
        ws="none",
        lifespan="on",
        interface="asgi3",
        access_log=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=settings.shutdown_grace_s,
    )


def main(listener: int, ready_pipe: int) -> int:
    """Serve until SIGTERM. Returns the exit code."""
    settings = read_settings()
    app = create_app(settings)
    server = Server(config_of(app, settings))
    server.ready_pipe = ready_pipe
    server.end_streams = partial(end_streams, app)
    server.run(sockets=[socket.socket(fileno=listener)])
    return 0 if server.started else 3


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
