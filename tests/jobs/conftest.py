"""What tests of webhooks share: a receiver, and what delivers to it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from helpers.receiver import Receiver, receiving
from yemae.jobs.deliver_webhooks import Deliverer
from yemae.settings import Settings


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver."""
    with receiving() as opened:
        yield opened


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of a server that may send to this machine."""
    return settings.replace(webhook_addresses="any")


@pytest.fixture
async def deliverer(settings: Settings) -> AsyncIterator[Deliverer]:
    """What delivers."""
    async with Deliverer(settings) as opened:
        yield opened
