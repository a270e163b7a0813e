"""What tests of card payment share: the test bank as a server, and fans who pay there."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from helpers.bank import Bank
from helpers.checkouts import Payer
from races.interleaving import several_runtimes
from yemae.runtime import Runtime
from yemae.sale.batches import Batches, open_batches
from yemae.settings import Settings


@pytest.fixture
def bank_port() -> Iterator[Bank]:
    """A bank that has an address and does not serve yet."""
    opened = Bank()
    yield opened
    opened.close()


@pytest.fixture
def settings(settings: Settings, bank_port: Bank) -> Settings:
    """The settings of a server that takes cards through that bank."""
    return settings.replace(port=bank_port.port)


@pytest.fixture
async def runtimes(settings: Settings) -> AsyncIterator[list[Runtime]]:
    """Two runtimes, as in two processes."""
    async with several_runtimes(settings, 2) as opened:
        yield opened


@pytest.fixture
async def desks(runtimes: list[Runtime]) -> AsyncIterator[list[Batches]]:
    """The batches of each."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_batches(runtime)) for runtime in runtimes]


@pytest.fixture
async def bank(runtime: Runtime, bank_port: Bank) -> AsyncIterator[Bank]:
    """The bank, open."""
    async with bank_port.serve(runtime) as serving:
        yield serving


@pytest.fixture
def payer(runtime: Runtime, batches: Batches, bank: Bank) -> Payer:
    """A fan who pays by card."""
    assert bank.url
    return Payer(runtime, batches)
