"""The application in this process, for every test of the HTTP contract."""

from collections.abc import AsyncIterator

import pytest

from helpers.http import Site, Visitor, running_site
from yemae.settings import Settings


@pytest.fixture
async def site(settings: Settings, usual_concert: str) -> AsyncIterator[Site]:
    """The application on fresh stores, with `helpers.concerts.HALL` on sale."""
    async with running_site(settings) as opened:
        assert usual_concert in opened.runtime.catalogue.queues
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
