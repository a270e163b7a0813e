"""Fixtures of the rehearsal's tests: a clean environment and one shared server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import logs_as_before, no_variables
from helpers.pages import ROOT
from helpers.server import Server

__all__ = ["logs_as_before", "no_variables"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that sells the small hall, 50 seats on each of two dates."""
    folder: Path = tmp_path_factory.mktemp("server")
    hall = ROOT / "examples" / "small-hall.toml"
    running = Server(folder, "--load", str(hall), YEMAE_WORKERS="1")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def on_its_machine(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The environment knows the server's data folder and its key."""
    monkeypatch.setenv("YEMAE_DATA_DIR", server.environ["YEMAE_DATA_DIR"])
    monkeypatch.setenv("YEMAE_SECRET_KEY", server.environ["YEMAE_SECRET_KEY"])
    return server
