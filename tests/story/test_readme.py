"""The flow of the README, from sign-up to the end of the entry token: what people paste, run as it
is with bash and curl against `yemae serve` as `make run` starts it."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.pages import ROOT, blocks, read
from helpers.reconcile import assert_reconciled
from helpers.server import Server

MARK = "<!-- story -->"
STEPS = [
    "Signed up as fan-",
    "Took a queue token",
    "Admitted until ",
    "Concerts:",
    "  small-hall: ",
    "Dates:",
    " seats left",
    " is held until ",
    "Balance: ",
    "Order is paid; ",
    " charged, balance 0",
    '"type":"/problems/entry-token-expired"',
    "HTTP 403",
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server with the example concerts and stores of its own."""
    with tempfile.TemporaryDirectory(prefix="yemae-story-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        examples = sorted((ROOT / "examples").glob("*.toml"))
        options = [option for path in examples for option in ("--load", str(path))]
        server = Server(Path(folder), "--migrate", *options)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def story(page: str) -> str:
    """The script that a README tells people to paste."""
    _, _, after = read(page).partition(MARK)
    script = blocks(after)[0]
    assert script.language == "bash"
    assert script.text.startswith("URL=${YEMAE_URL:-http://127.0.0.1:8000}\n")
    return script.text


def run(script: str, server: Server) -> str:
    """What the script prints; every command in it has to succeed."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={"PATH": os.environ["PATH"], "YEMAE_URL": server.url, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
async def test_the_flow_of_the_readme_ends_with_a_ticket(server: Server, page: str) -> None:
    said = run(story(page), server)
    place = 0
    for step in STEPS:
        assert step in said[place:], said
        place = said.index(step, place)
    email = said.split("Signed up as ")[1].splitlines()[0]
    async with server.house() as house:
        await assert_reconciled(house)
        async with house.postgres.transaction() as tx:
            tickets = await tx.fetch(
                b"select t.number, w.balance from users as u join orders as o on o.user_id = u.id"
                b" join tickets as t on t.order_id = o.id join wallets as w on w.user_id = u.id"
                b" where u.email = %(email)s and o.status = 'paid'",
                email=email,
            )
    assert [row.balance for row in tickets] == [0]
