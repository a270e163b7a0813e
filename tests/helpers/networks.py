"""A site as fans of different networks see it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from helpers.http import Site
from yemae.http.server.worker import config_of

# A port of this machine that no store listens on.
UNREACHABLE = "valkey://127.0.0.1:1"


@asynccontextmanager
async def seen_from(site: Site, address: str) -> AsyncIterator[Site]:
    """The site as a server process serves it to a connection from this address."""
    config = config_of(site.app, site.runtime.settings)
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(address, 4_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Site(site.app, client)
