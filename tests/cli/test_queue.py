"""`yemae queue`: every command, what it changes, and what it says when it cannot."""

import os
import pwd
import re
import signal
import subprocess
import sys

import psycopg
import pytest
from valkey import Valkey as BlockingValkey

from helpers.command import finish, start
from helpers.loops import loops
from helpers.queue_commands import controls, queue
from helpers.terminal import on_a_terminal
from yemae.cli.queue import on_queue
from yemae.runtime import Stores
from yemae.settings import Settings
from yemae.waiting_room import queue_numbers
from yemae.waiting_room.keys import PARTS, keys_of

ME = f"cli:{pwd.getpwuid(os.getuid()).pw_name}"


def test_a_command_runs_no_loop_of_a_server_process(hall: Settings) -> None:  # noqa: ARG001
    async def look(_: Stores) -> list[str]:
        return loops()

    assert on_queue("hall", look) == []


def test_a_queue_is_paused_drained_and_resumed(hall: Settings) -> None:
    for command, control in (("pause", "paused"), ("drain", "draining"), ("resume", "running")):
        assert queue(command, "hall") == (0, f"hall is {control}\n", "")
        assert controls(hall, "control, changed_by") == (control, ME)
    lines = queue("log", "hall", "--json").json()
    assert [(line["who"], line["action"]) for line in lines] == [
        (ME, "resume"),
        (ME, "drain"),
        (ME, "pause"),
    ]
    (last,) = queue("log", "hall", "--limit", "1").out.splitlines()[1:]
    assert re.search(rf"\d\d:\d\d:\d\d +{ME} +resume +draining → running", last)


def test_settings_are_changed_and_given_back(hall: Settings) -> None:
    done = queue("set", "hall", "active_limit=5", "proof_of_work=true", "message_ko=곧 엽니다 = ok")
    assert done == (
        0,
        "active_limit is 5\nproof_of_work is true\nmessage_ko is 곧 엽니다 = ok\n",
        "",
    )
    assert controls(hall, "active_limit, proof_of_work, message_ko") == (
        5,
        True,
        "곧 엽니다 = ok",
    )
    table = queue("show", "hall").out
    assert re.search(r"active_limit +5 +set by operator", table)
    assert re.search(r"entry_ttl_s +600 *\n", table)
    assert queue("set", "hall", "active_limit=").out == "active_limit is as in the concert file\n"
    assert re.search(r"set +active_limit: 5 → 100\b", queue("log", "hall").out)
    assert controls(hall, "active_limit") == (None,)
    shown = queue("show", "hall", "--json").json()
    assert shown["settings"]["active_limit"] == 100
    assert set(shown["set_by_operator"]) == {"proof_of_work", "message_ko"}


def test_a_sale_is_opened_now(hall: Settings) -> None:
    opens = "sale_opens_at=2029-06-01T11:00:00+09:00"
    assert queue("set", "hall", opens).code == 0
    assert queue("open-now", "hall") == (0, "hall is open\n", "")
    assert controls(hall, "sale_opens_at < now()") == (True,)
    again = queue("open-now", "hall")
    sentence = "The sale is open already, so this is no longer possible."
    assert again == (2, "", f"yemae: {sentence}\n"), "of a sale without a draw"


@pytest.mark.usefixtures("hall")
def test_fans_are_let_in_and_put_out() -> None:
    assert queue("admit", "hall", "5") == (0, "0 admitted: no other fan is in line\n", "")
    assert queue("revoke", "hall", "fan") == (0, "fan had no pass\n", "")
    assert queue("reopen", "hall", "fan", "--reason", "Left by mistake") == (
        0,
        "fan has no place that can be given back\n",
        "",
    )
    lines = queue("log", "hall", "--json").json()
    assert [line["action"] for line in lines] == ["reopen", "revoke", "admit"]


@pytest.mark.usefixtures("hall")
def test_an_operator_reads_why_fewer_fans_were_admitted_than_asked() -> None:
    queue("pause", "hall")
    assert queue("admit", "hall", "5").out == "0 admitted: the queue is paused\n"
    queue("resume", "hall")
    queue("set", "hall", "sale_opens_at=2029-01-01T00:00:00Z")
    assert queue("admit", "hall", "5").out == "0 admitted: the sale has not opened yet\n"


@pytest.mark.usefixtures("hall")
def test_the_live_view_is_plain_lines_where_no_terminal_is() -> None:
    done = queue("watch", "hall", "--once")
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 hall open waiting=0 absent=0 active=0 .*\n",
        done.out,
    )
    process = start("queue", "watch", "hall")
    assert process.stdout is not None
    first, second = process.stdout.readline(), process.stdout.readline()
    assert first.partition(" ")[2] == second.partition(" ")[2]
    assert first < second
    process.send_signal(signal.SIGINT)
    assert finish(process).code == 130


@pytest.mark.usefixtures("hall")
def test_the_live_view_draws_a_table_on_a_terminal() -> None:
    # Drawn a second time, with the time of day in the heading.
    code, said = on_a_terminal("queue", "watch", "hall", until=rb"\d\d:\d\d:\d\d UTC")
    assert code == 130
    assert b"ended_by_payment" in said
    assert b"Traceback" not in said


@pytest.mark.usefixtures("hall")
@pytest.mark.parametrize(
    "arguments",
    [
        ("pause", "nowhere"),
        ("set", "nowhere", "active_limit=1"),
    ],
)
def test_a_concert_that_is_not_there_is_one_sentence(arguments: tuple[str, ...]) -> None:
    done = queue(*arguments)
    assert done == (2, "", "yemae: There is no concert 'nowhere'; there are: hall.\n")


def test_a_change_that_contradicts_the_rest_is_one_sentence(hall: Settings) -> None:
    done = queue("set", "hall", "prequeue_opens_at=2026-01-02T00:00:00Z")
    assert (done.code, done.out) == (2, "")
    assert "prequeue_opens_at: expected a time before sale_opens_at" in done.err
    assert controls(hall, "control") is None


DRAW = """
import asyncio
from yemae.cli.stores import store_settings
from yemae.runtime import open_runtime
from yemae.sale import join as joining
from yemae.sale.join import JoinRequest

async def join(settings):
    async with open_runtime(settings) as runtime:
        await joining.join(runtime, [JoinRequest("hall", f"fan-{n}") for n in range(300)])

with store_settings() as settings:
    asyncio.run(join(settings))
"""


def test_a_draw_is_audited(hall: Settings) -> None:
    with psycopg.connect(hall.stores.database_url, autocommit=True) as connection:
        connection.execute(
            "update concerts set queueing_method = 'draw', sale_opens_at = now() + interval '1 day'"
        )
    subprocess.run([sys.executable, "-c", DRAW], check=True, timeout=120)
    found = queue("audit", "hall", "--json").json()
    assert (found["checked"], found["wrong"], found["seed"]) == (300, [], None)
    assert "secret until the sale opens" in queue("audit", "hall").out
    key = f"{keys_of('hall')[PARTS.index('line')]}"
    with BlockingValkey.from_url(hall.stores.valkey_url) as client:
        client.zadd(key, {"fan-7": 1, "fan-8": queue_numbers.LANE + 2})
    done = queue("audit", "hall", "--json")
    assert done.code == 1
    assert sorted(wrong["number"] for wrong in done.json()["wrong"]) == [1, 2]
    with psycopg.connect(hall.stores.database_url, autocommit=True) as connection:
        connection.execute("update concerts set sale_opens_at = now() - interval '1 day'")
    opened = queue("audit", "hall", "--json").json()
    assert queue_numbers.seal(bytes.fromhex(opened["seed"])) == found["sealed"] == opened["sealed"]
