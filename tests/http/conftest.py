"""The application in this process, for every test of the HTTP contract."""

from collections.abc import AsyncIterator

import pytest

from helpers.http import Site, Visitor, open_site
from yemae.settings import Settings


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """The application on fresh stores, with `helpers.concerts.HALL` on sale."""
    async with open_site(settings) as opened:
        yield opened


@pytest.fixture
def visitor(site: Site) -> Visitor:
    """A signed-in fan who has not joined any queue."""
    return site.visitor("fan")


@pytest.fixture
async def inside(site: Site) -> Visitor:
    """A fan with an open pass and an empty wallet."""
    (fan,) = await site.enter("fan")
    return fan
