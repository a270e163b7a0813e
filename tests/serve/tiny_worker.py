"""A server process around an application of a few lines: what the supervisor's tests start.

Every path answers 200 with the process's number, `/slow?s=2` after two seconds, and `/block` makes
the event loop stand still. YEMAE_TEST_BROKEN makes the application fail at its start, and
YEMAE_TEST_START_S is the time that this takes.
"""

import asyncio
import os
import sys
import threading
import types
from typing import Any

from yemae.settings import Settings


def create_app(_settings: Settings) -> Any:
    """Make the application that takes the place of the real one."""
    if os.environ.get("YEMAE_TEST_BROKEN"):
        sys.exit("broken on purpose")

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await asyncio.sleep(float(os.environ.get("YEMAE_TEST_START_S", "0")))
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        if scope["path"] == "/slow":
            await asyncio.sleep(float(scope["query_string"].decode().removeprefix("s=")))
        if scope["path"] == "/block":
            stand_still()
        body = f"{os.getpid()} {os.environ['YEMAE_DATABASE_URL']}".encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    app.at_once = lambda *_: None  # type: ignore[attr-defined]
    return app


def stand_still() -> None:
    """Keep the event loop from everything else, as a fault would."""
    threading.Event().wait(600)


if __name__ == "__main__":
    module = types.ModuleType("yemae.http.server.app")
    module.create_app = create_app  # type: ignore[attr-defined]
    module.end_streams = lambda _app: None  # type: ignore[attr-defined]
    module.drain = lambda _app: None  # type: ignore[attr-defined]
    sys.modules["yemae.http.server.app"] = module
    from yemae.http.server import worker

    sys.exit(worker.main(*map(int, sys.argv[1:3])))
