"""The flow of the README, from sign-up to the end of the entry token: what people paste, run as it
is with bash and curl against `yemae serve` as `make run` starts it."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from helpers.pages import ROOT
from helpers.reconcile import assert_reconciled
from helpers.server import Server
from helpers.story import assert_every_step, paste, printed, story


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


@pytest.mark.parametrize("page", ["README.md", "README.ko.md"])
async def test_the_flow_of_the_readme_ends_with_a_ticket(server: Server, page: str) -> None:
    said = printed(story(page), server.url)
    assert_every_step(said)
    email = said.split("Signed up as ")[1].splitlines()[0]
    async with server.runtime() as runtime:
        await assert_reconciled(runtime)
        async with runtime.postgres.transaction() as tx:
            tickets = await tx.fetch(
                b"select t.number, w.balance from users as u join orders as o on o.user_id = u.id"
                b" join tickets as t on t.order_id = o.id join wallets as w on w.user_id = u.id"
                b" where u.email = %(email)s and o.status = 'paid'",
                email=email,
            )
    assert [row.balance for row in tickets] == [0]


def test_what_two_server_processes_count_adds_up(server: Server) -> None:
    assert len(server.workers()) == 2
    # Nothing else in this file is refused like this.
    name = 'yemae_requests_total{operation="show_wallet",status="401"}'

    def counted() -> float:
        lines = httpx.get(f"{server.url}/metrics").text.splitlines()
        assert any(line.startswith('yemae_queue_active{concert="small-hall"} ') for line in lines)
        return sum(float(line.split(" ")[1]) for line in lines if line.startswith(name))

    assert counted() == 0
    for _ in range(20):  # each on a connection of its own, so that both get some
        assert httpx.get(f"{server.url}/v1/wallet").status_code == 401
    # A process writes down what it counted once a second, for the other to add.
    deadline = time.monotonic() + 60
    while (seen := {counted() for _ in range(10)}) != {20} and time.monotonic() < deadline:
        pass
    assert seen == {20}


def test_without_a_server_the_flow_stops_with_one_sentence_and_the_shell_goes_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = paste(story("README.md") + 'echo "still here after $?"\n', url)
    assert done.stderr == f"No server at {url}: type make run\n"
    assert done.stdout == "still here after 1\n"


def test_the_flow_calls_the_port_of_the_environment() -> None:
    url = story("README.md").partition("\n")[0]
    for variables, expected in (
        ({}, "http://127.0.0.1:8000"),
        ({"YEMAE_PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"YEMAE_PORT": "9000", "YEMAE_URL": "http://example.com"}, "http://example.com"),
    ):
        environ = {"PATH": os.environ["PATH"], **variables}
        command = ["bash", "-c", f'{url}\necho "$URL"']
        assert subprocess.check_output(command, env=environ, text=True).strip() == expected


def test_a_refusal_stops_the_flow_with_one_line(server: Server) -> None:
    script = story("README.md").replace("CONCERT=small-hall", "CONCERT=nowhere")
    done = paste(script, server.url)
    assert done.returncode == 1
    assert done.stdout.count("\n") == 1
    assert done.stderr.startswith('Refused: {"type": "/problems/concert-not-found"')
    assert done.stderr.count("\n") == 1


def test_a_concert_without_seats_left_is_said_to_be_sold_out(server: Server) -> None:
    script = story("README.md").replace('if d["seats_left"]', 'if d["seats_left"] > 50')
    done = paste(script, server.url)
    assert (done.returncode, done.stderr) == (1, "Sold out: no date has seats left\n")


def test_the_flow_can_be_pasted_into_an_interactive_shell(server: Server) -> None:
    done = paste(story("README.md"), server.url, "--norc", "-i")
    assert "Order is paid; " in done.stdout
    assert "HTTP 403" in done.stdout
