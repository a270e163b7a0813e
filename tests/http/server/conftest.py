"""Fixtures of the tests of connections."""

import pytest

from helpers import connections


@pytest.fixture(params=["asgi", "at once"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which path the answers of `helpers.connections.echo` take where they can."""
    name: str = request.param
    monkeypatch.setattr(connections, "IS_AT_ONCE", name == "at once")
    return name
