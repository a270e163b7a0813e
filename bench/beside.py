"""A program of the bench that runs beside the server under test, and serves HTTP on a port."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.load import HOST
from bench.serving import SECRET_KEY, free_port
from yemae.base.web_client import NoAnswerError, WebClient
from yemae.embedded.children import start_child

START_S = 30.0


@asynccontextmanager
async def program_beside(module: str, *options: str) -> AsyncIterator[int]:
    """Run `python -m module --port PORT …` until the end. Gives the port. Raises NoAnswerError when
    it does not serve."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if "YEMAE" not in name}
    with TemporaryDirectory(prefix="yemae-beside-") as folder:
        process = start_child(
            [sys.executable, "-m", module, "--port", str(port), *options],
            end=signal.SIGKILL,
            environ=environ | {"YEMAE_SECRET_KEY": SECRET_KEY},
            log=Path(folder) / "program.log",
        )
        try:
            await _serves(f"http://{HOST}:{port}")
            yield port
        finally:
            process.kill()
            process.wait()


async def _serves(url: str) -> None:
    web, deadline = WebClient(START_S, 1), time.monotonic() + START_S
    try:
        while True:
            try:
                await web.ask("GET", url, {})
            except NoAnswerError:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.05)
            else:
                return
    finally:
        await web.close()
