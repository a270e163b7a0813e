"""A command opens only the stores that it needs; the loops of a server process are a server's."""

import socket
from collections.abc import Iterator

import pytest

from helpers.concerts import HALL, load_concert
from helpers.loops import loops
from yemae.runtime import open_runtime, open_stores
from yemae.settings import Settings


@pytest.fixture
def watched_valkey() -> Iterator[socket.socket]:
    """An address of which the test sees whether a client connects."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        yield listener


async def test_a_command_runs_no_loop_and_a_server_process_several(settings: Settings) -> None:
    async with open_stores(settings):
        assert loops() == []
    async with open_runtime(settings):
        assert len(loops()) >= 7
    assert loops() == []


async def test_a_command_that_needs_no_valkey_never_connects_to_it(
    settings: Settings, watched_valkey: socket.socket
) -> None:
    await load_concert(settings)
    port = watched_valkey.getsockname()[1]
    blind = settings.replace(valkey_url=f"valkey://127.0.0.1:{port}", valkey_timeout_s=1)
    async with open_stores(blind, uses_valkey=False) as stores:
        assert list(stores.catalogue.concerts) == [HALL]
    with pytest.raises(BlockingIOError):
        watched_valkey.accept()
    async with open_stores(blind):
        watched_valkey.accept()[0].close()
