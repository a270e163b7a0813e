"""Rehearsals on a server whose operator has published terms: simulated fans agree to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.command import yemae
from helpers.pages import ROOT, blocks, read
from helpers.server import Server
from helpers.terms import publish_terms

QUICK = "think_s=0,walk_away=0,hold_without_paying=0,seats_max=1,retries=50"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that sells the small hall."""
    folder: Path = tmp_path_factory.mktemp("server")
    hall = ROOT / "examples" / "small-hall.toml"
    running = Server(folder, "--load", str(hall), YEMAE_WORKERS="1")
    running.start()
    yield running
    running.stop()


def test_fans_agree_to_the_terms_when_they_sign_up_and_when_they_pay(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = [block for block in blocks(read("docs/operations.md")) if block.language == "toml"]
    publish_terms(server, tmp_path, example.text)
    # Elsewhere, where fans have to sign up.
    done = yemae("rehearse", "--url", server.url, "--yes", "--fans", "3", "--behaviour", QUICK)
    assert done.code == 0, done.out + done.err
    for name in ("YEMAE_DATA_DIR", "YEMAE_SECRET_KEY"):
        monkeypatch.setenv(name, server.environ[name])
    (listed,) = yemae("terms", "list", "--json").json()
    assert (listed["sign_ups"], listed["payments"]) == (3, 3)
