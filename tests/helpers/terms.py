"""The operator's terms on a server that runs."""

from pathlib import Path

import httpx

from helpers.command import finish, start
from helpers.server import Server
from helpers.serving import until

PATIENCE_S = 60.0


def publish_terms(server: Server, folder: Path, text: str) -> None:
    """Publish a terms file, and wait until the server asks for it."""
    path = folder / "terms.toml"
    path.write_text(text, encoding="utf-8")
    done = finish(start("terms", "publish", str(path), **server.environ))
    assert done.code == 0, done.err
    with httpx.Client(base_url=server.url) as client:
        until(lambda: client.get("/v1/settings").json()["terms"] is not None, PATIENCE_S)
