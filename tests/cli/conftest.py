"""What tests of the command line share: an environment that names this test's stores."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from helpers.command import yemae
from helpers.concerts import SMALL, TEXT
from yemae.settings import Settings


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No YEMAE_* of the person who runs the tests, and a data folder of the test's own."""
    for name in os.environ:
        if name.startswith("YEMAE_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("YEMAE_DATA_DIR", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """A command sets up the logs of its process, which here is that of all tests."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def named_stores(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment names a migrated database and an empty Valkey."""
    monkeypatch.setenv("YEMAE_DATABASE_URL", settings.stores.database_url)
    monkeypatch.setenv("YEMAE_VALKEY_URL", settings.stores.valkey_url)
    monkeypatch.setenv("YEMAE_SECRET_KEY", settings.stores.secret_key)
    return settings


@pytest.fixture
def hall_file(tmp_path: Path) -> str:
    """A concert file: `hall`, 10 seats on two dates."""
    path = tmp_path / "hall.toml"
    path.write_text(TEXT.format(**SMALL), encoding="utf-8")
    return str(path)


@pytest.fixture
def hall(named_stores: Settings, hall_file: str) -> Settings:
    """A server's stores with the hall on sale."""
    assert yemae("concerts", "load", hall_file).code == 0
    return named_stores
