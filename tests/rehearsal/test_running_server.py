"""Rehearsals on a running server: the confirmation, the stores of this machine, and faults."""

import asyncio
import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest

from helpers.command import Done, finish, start, yemae
from helpers.concerts import load_concert
from helpers.http import until
from helpers.server import SECRET_KEY, Server
from yemae.history import tallies
from yemae.rehearsal import console_figures
from yemae.rehearsal.client import first_event
from yemae.rehearsal.console_answers import FunnelCounts
from yemae.rehearsal.console_figures import Console
from yemae.settings import Settings

QUICK = "think_s=0,walk_away=0,hold_without_paying=0,seats_max=1,retries=50"


def rehearse(url: str, *more: str, fans: int = 10, behaviour: str = QUICK) -> Done:
    return yemae(
        "rehearse", "--url", url, "--yes", "--fans", str(fans), "--behaviour", behaviour, *more
    )


def test_on_the_servers_machine_tokens_are_minted_and_the_stores_are_checked(
    on_its_machine: Server, tmp_path: Path
) -> None:
    written = tmp_path / "report.json"
    done = rehearse(
        on_its_machine.url, "--arrival", "poisson", "--arrival-s", "1", "--json", str(written)
    )
    assert done.code == 0, done.out + done.err
    assert "real seats of small-hall" in done.err
    assert "sign up" not in done.err
    assert "✓  An order whose payment was answered with success is paid." in done.out
    assert json.loads(written.read_text())["outcomes"]["bought"] == 10


def test_elsewhere_fans_sign_up_and_it_says_what_was_not_checked(server: Server) -> None:
    done = rehearse(server.url, "--concert", "small-hall", fans=3)
    assert done.code == 0, done.out + done.err
    assert "3 fans sign up over HTTP first, which is slow" in done.err
    assert "only the HTTP answers were checked, not the stores: no stores are named" in done.out
    assert "YEMAE_DATA_DIR" in done.out
    assert "✓  No seat was confirmed to two fans." in done.out
    assert "tickets" not in done.out


def test_a_violation_in_the_stores_ends_it_with_1(on_its_machine: Server) -> None:
    url = on_its_machine.settings.stores.database_url
    with psycopg.connect(url) as database:
        database.execute(
            "insert into orders select gen_random_uuid(), 'buyer', performance_key, 'paid', "
            "array[number], array[grade], array[price], price, 'KRW', now(), "
            "now() + interval '1 hour', 1, null from seats where number = '1' limit 1"
        )
    try:
        done = rehearse(on_its_machine.url, fans=1)
    finally:
        with psycopg.connect(url) as database:
            database.execute("delete from orders where user_id = 'buyer'")
    assert done.code == 1
    assert "✗  A paid or live order has all of its seats." in done.out
    assert "✗ Violated 1 times: A paid or live order has all of its seats." in done.out
    assert "every check passed" not in done.out


def test_stores_of_another_server_are_not_taken_for_its_own(
    server: Server, settings: object, monkeypatch: pytest.MonkeyPatch,
    database_url: str, valkey_url: str,
) -> None:  # fmt: skip
    assert settings
    monkeypatch.setenv("YEMAE_SECRET_KEY", server.environ["YEMAE_SECRET_KEY"])
    monkeypatch.setenv("YEMAE_DATABASE_URL", database_url)
    monkeypatch.setenv("YEMAE_VALKEY_URL", valkey_url)
    done = rehearse(server.url, fans=2)
    assert done.code == 0
    assert "the stores that the settings name are not those of this server" in done.out


def test_ctrl_c_ends_it_with_the_report_so_far(on_its_machine: Server) -> None:
    process = start(
        "rehearse", "--url", on_its_machine.url, "--yes", "--fans", "20",
        "--behaviour", "think_s=600,walk_away=0",
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("time="):
            break
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert done.code == 130, done.out + done.err
    assert "did not finish" not in done.err
    assert "unfinished" in done.out
    assert "A seat has at most one ticket." in done.out


def test_ctrl_c_ends_the_check_of_the_stores_too(on_its_machine: Server) -> None:
    with psycopg.connect(on_its_machine.settings.stores.database_url) as database:

        async def the_server_has_checked_itself() -> bool:
            row = database.execute("select ended_at >= begun_at from last_reconcile").fetchone()
            return row == (True,)

        # Its own check of the books would wait for the lock too, and is not due again soon.
        asyncio.run(until(the_server_has_checked_itself))
        # No fan pays, so only the check of the rehearsal reads the tickets.
        database.execute("lock table tickets in access exclusive mode")
        process = start(
            "rehearse", "--url", on_its_machine.url, "--yes", "--fans", "1",
            "--behaviour", "think_s=0,walk_away=0,hold_without_paying=1",
        )  # fmt: skip

        async def the_check_waits() -> bool:
            assert process.poll() is None, finish(process)
            found = database.execute("select from pg_locks where not granted").fetchall()
            return bool(found)

        asyncio.run(until(the_check_waits))
        process.send_signal(signal.SIGINT)
        done = finish(process)
    assert done.code == 130, done.out + done.err
    assert "not the stores: you stopped it before they were checked" in done.out


def test_time_that_is_up_ends_it_too(on_its_machine: Server) -> None:
    done = rehearse(on_its_machine.url, "--duration", "1", behaviour="think_s=600,walk_away=0")
    assert done.code == 0, done.out + done.err
    assert "unfinished" in done.out
    assert "– nothing was sold, so the checks prove little" in done.out


def test_a_key_that_the_server_does_not_take_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_SECRET_KEY", "another key, of more than 32 characters, by mistake")
    done = rehearse(server.url)
    assert done.code == 2
    assert "YEMAE_SECRET_KEY is not the key of the server" in done.err


def test_a_server_whose_fans_could_not_pay_is_refused(settings: Settings, tmp_path: Path) -> None:
    closed = Server(
        tmp_path,
        YEMAE_DATABASE_URL=settings.stores.database_url,
        YEMAE_VALKEY_URL=settings.stores.valkey_url,
        YEMAE_TOP_UPS="off",
        YEMAE_WORKERS="1",
    )
    asyncio.run(load_concert(settings))
    closed.start()
    try:
        done = rehearse(closed.url)
    finally:
        closed.stop()
    assert done.code == 2
    assert "YEMAE_TOP_UPS is off" in done.err


def test_real_seats_are_sold_only_with_the_option_for_it(server: Server) -> None:
    done = yemae("rehearse", "--url", server.url)
    assert done.code == 2
    assert done.err.endswith("yemae: Add --yes to go on, or rehearse with --embedded.\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--concert", "nowhere"), "No concert 'nowhere'; there are: small-hall."),
        (("--behaviour", "seats_max=5"), "seats_max=5 is more than the 4 seats that one fan"),
    ],
)
def test_what_the_server_cannot_do_is_refused(
    server: Server, options: tuple[str, ...], said: str
) -> None:
    done = yemae("rehearse", "--url", server.url, "--yes", *options)
    assert done.code == 2
    assert said in done.err


# --- A console that shows something else than the books ------------------------------------------


async def test_an_order_that_the_console_has_counted_and_none_has_made_is_found(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_figures, "SETTLE_S", 0.0)
    async with (
        server.runtime() as runtime,
        Console(server.url, "small-hall", SECRET_KEY, server.settings) as console,
    ):
        await tallies.add(runtime.valkey, "small-hall", {"holds": 7})

        async def shown() -> bool:
            assert isinstance(console._before, FunnelCounts)
            return (await console._live()).holds == console._before.holds + 7

        await until(shown)
        found = {check.name: check for check in await console.compare()}
        report = await console.compare_report(1_000_000, ())
    assert found["console_sales"].examples == ()
    assert found["console_sales"].looked_at == 100
    assert "orders held: the console shows 7, the books say 0" in found["console_funnel"].examples
    assert any(each.startswith("admitted: ") for each in report.examples)


async def test_a_call_without_a_good_answer_is_found(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SETTLE_S", "FIRST_LOOK_S"):
        monkeypatch.setattr(console_figures, name, 0.0)
    async with Console(server.url, "nowhere", SECRET_KEY, server.settings) as console:
        sales, funnel = await console.compare()
    assert sales.examples == ("/v1/admin/concerts/nowhere/sales was answered with 404",)
    assert funnel.violations == 1
    assert first_event("http://127.0.0.1:1/", (), "queue") == b""


async def test_a_console_that_says_nothing_before_the_first_fan_does_not_count_as_one_at_zero(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a server that has sold before, zero would be wrong."""
    for name in ("SETTLE_S", "FIRST_LOOK_S"):
        monkeypatch.setattr(console_figures, name, 0.0)
    monkeypatch.setattr(console_figures, "first_event", lambda *_: b"")
    async with Console(server.url, "small-hall", SECRET_KEY, server.settings) as console:
        monkeypatch.setattr(console_figures, "first_event", first_event)
        _, funnel = await console.compare()
    assert any(each.startswith("before the first fan came: ") for each in funnel.examples)


# --- Servers that fail -------------------------------------------------------------------------


class Broken(BaseHTTPRequestHandler):
    """A server that lists a concert, says how money comes in, and fails at all other requests."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """What it knows, or a fault."""
        listing = b'{"concerts":[{"id":"hall","title":"Hall","seat_limit":4}],"next_cursor":null}'
        known = {"/v1/concerts": listing, "/v1/settings": b'{"top_ups":"free"}'}
        found = known.get(self.path)
        self.answer(500, b"{}") if found is None else self.answer(200, found)

    def do_POST(self) -> None:
        """A sign-up, or a fault."""
        self.rfile.read(int(self.headers["Content-Length"]))
        signing_up = self.path == "/v1/users"
        self.answer(*((201, b'{"access_token":"t"}') if signing_up else (500, b"{}")))

    def answer(self, status: int, body: bytes) -> None:
        """Write an answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """It says nothing."""


@contextmanager
def broken_server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Broken) as serving:
        threading.Thread(target=serving.serve_forever).start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()


def test_a_500_ends_it_with_1() -> None:
    with broken_server() as url:
        done = rehearse(url, fans=2)
    assert done.code == 1
    assert "✗ 2 requests were answered with 500." in done.out


def test_no_server_at_all_is_one_sentence(server: Server) -> None:
    done = rehearse("http://127.0.0.1:1")
    assert (done.code, done.out) == (1, "")
    assert done.err == "yemae: The server at http://127.0.0.1:1 does not answer.\n"
    assert server
