"""A real provider of OpenID Connect in a process of its own: `oidc-provider-mock`."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from helpers.serving import until

PATIENCE_S = 60.0


@contextmanager
def provider(folder: Path, *people: dict[str, object]) -> Iterator[str]:
    """A provider at which these people sign in; its issuer."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    claims = [part for each in people for part in ("--user-claims", json.dumps(each))]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *claims]
    environ = {**os.environ, "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"}
    with (folder / "provider.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--require-nonce"], stdout=log, stderr=log, env=environ
        )
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(url), PATIENCE_S)
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/.well-known/openid-configuration").is_success
    except httpx.TransportError:
        return False
