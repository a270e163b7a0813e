"""Operators' commands while Valkey is away: each needs the stores that it works on, no others."""

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from helpers.command import finish, start, yemae
from helpers.concerts import SMALL, TEXT
from helpers.server import Server
from yemae.cli import program
from yemae.settings import Settings

STEERING = [
    ["queue", "pause", "hall"],
    ["queue", "resume", "hall"],
    ["queue", "drain", "hall"],
    ["queue", "set", "hall", "message_en=Back at 20:30", "message_ko=20:30에 다시"],
    ["queue", "show", "hall"],
    ["queue", "watch", "hall", "--once"],
    ["queue", "log", "hall"],
    ["concerts", "list"],
    ["concerts", "export", "hall"],
    ["concerts", "ready", "hall"],
    ["concerts", "sign-off", "hall", "--name", "Ann Kim", "--expected-fans", "500"],
    ["concerts", "plan", "hall-1"],
    ["queue", "message", "hall", "--en", "Back soon", "--ko", "곧 다시"],
    ["users", "list-operators"],
    ["users", "roles"],
    ["log"],
    ["seats", "block", "hall", "--reason", "press", "--seat", "1"],
    ["seats", "list", "hall"],
    ["orders", "find"],
    ["outbox", "list"],
    ["outbox", "retry", "--all"],
    ["webhooks", "list"],
    ["webhooks", "add", "https://receiver.invalid/"],
    ["terms", "list"],
    ["orders", "find"],
    ["orders", "in-doubt"],
    ["orders", "disputes"],
    ["sales", "hall"],
    ["orders", "sell", "hall", "hall-1", "9", "--free", "--name", "Ann"],
    ["orders", "refunds"],
    ["migrate"],
    ["schema"],
    ["erd"],
]
NEEDING = [
    ["queue", "revoke", "hall", "fan"],
    ["queue", "reopen", "hall", "fan", "--reason", "Left by mistake"],
    ["queue", "admit", "hall", "5"],
    ["queue", "audit", "hall"],
    ["concerts", "closing-report", "hall"],
    ["concerts", "remove", "hall", "--yes"],
    ["reconcile"],
]
# What is in the database refuses these: a sale that is open, and a fan, a block and an order that
# are not there.
REFUSED = [
    ["queue", "open-now", "hall"],
    ["seats", "unblock", "hall", "press"],
    ["orders", "show", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["orders", "cancel", "0199d3b2-6a40-7c11-9d42-000000000001", "--reason", "Asked"],
    ["orders", "refund", "0199d3b2-6a40-7c11-9d42-000000000001", "1", "--reason", "Asked"],
    ["orders", "move", "0199d3b2-6a40-7c11-9d42-000000000001", "1"],
    ["orders", "extend", "0199d3b2-6a40-7c11-9d42-000000000001", "--reason", "Asked"],
    ["orders", "release", "0199d3b2-6a40-7c11-9d42-000000000001", "--reason", "Asked"],
    ["orders", "retry-refund", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["orders", "pay-out", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["orders", "show", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["orders", "cancel", "0199d3b2-6a40-7c11-9d42-000000000001", "--reason", "x"],
    ["orders", "refund", "0199d3b2-6a40-7c11-9d42-000000000001", "1", "--reason", "x"],
    ["users", "grant-operator", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["users", "revoke-operator", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["users", "grant-admin", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["users", "grant", "viewer", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["users", "revoke", "viewer", "0199d3b2-6a40-7c11-9d42-000000000001"],
    ["users", "export", "0199d3b2-6a40-7c11-9d42-000000000001", "--reason", "Asked"],
    ["users", "reset-second-factor", "0199d3b2-6a40-7c11-9d42-000000000001", "--reason", "Lost"],
    ["users", "delete", "0199d3b2-6a40-7c11-9d42-000000000001", "--reason", "Asked"],
]
# These open no store at all.
ALONE = [
    ["version"],
    ["openapi"],
    ["tokens", "issue", "fan"],
    ["tickets", "key"],
]
# Tests of their own: a server; what loads the concert here; what takes a file; what makes and reads
# backups of private stores, which are PostgreSQL's alone; and what says which store is away.
ELSEWHERE = [
    ["serve"],
    ["mock"],
    ["rehearse"],
    ["simulate"],
    ["concerts", "load"],
    ["terms", "publish"],
    ["tickets", "check"],
    ["backup"],
    ["restore"],
    ["doctor"],
    ["mail", "test"],
    # Each has a file of tests of its own, and works on the database alone.
    ["sales"],
    ["orders", "sell"],
    ["orders", "print"],
    ["orders", "send"],
    *(["webhooks", name] for name in ("set", "rotate", "remove", "test", "log", "replay")),
    ["concerts", "cancel"],
    ["concerts", "check-report"],
    *(["performances", name] for name in ("cancel", "postpone", "refunds")),
]


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, named_stores: Settings, hall_file: str) -> str:
    """A loaded concert, and a Valkey that cannot be reached; gives the concert's file."""
    assert named_stores.stores.database_url
    monkeypatch.setenv("YEMAE_VALKEY_URL", "valkey://127.0.0.1:1")
    loaded = yemae("concerts", "load", hall_file)
    assert loaded.code == 0, loaded.err
    return hall_file


@pytest.mark.parametrize("command", STEERING, ids=" ".join)
def test_what_needs_the_database_alone_works(away: str, command: list[str]) -> None:
    assert away
    done = yemae(*command)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("command", REFUSED, ids=" ".join)
def test_what_the_database_refuses_is_refused_as_ever(away: str, command: list[str]) -> None:
    assert away
    done = yemae(*command)
    assert (done.code, done.out) == (2, "")
    said = "is open already|no user|No account|no seat block|no order|No refund"
    assert re.search(said, done.err), done.err
    assert "Valkey" not in done.err


def test_the_numbers_of_a_queue_are_missing_and_its_settings_are_there(away: str) -> None:
    assert away
    shown = yemae("queue", "show", "hall", "--json").json()
    assert shown["counts"] is None
    assert shown["settings"]["active_limit"] == SMALL["active_limit"]


def commands(command: Any, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of the program, by its words."""
    if not hasattr(command, "commands"):
        yield name
        return
    for word, below in command.commands.items():
        yield from commands(below, (*name, word))


def test_every_command_is_in_one_of_the_lists() -> None:
    every = set(commands(get_command(program())))
    listed = [*STEERING, *NEEDING, *REFUSED, *ALONE, *ELSEWHERE]
    known = {next(name for name in every if tuple(words[: len(name)]) == name) for words in listed}
    assert every == known


@pytest.mark.parametrize("command", ALONE, ids=" ".join)
def test_what_needs_no_store_works_while_both_are_away(
    monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("YEMAE_DATABASE_URL", "postgresql://127.0.0.1:1/yemae")
    monkeypatch.setenv("YEMAE_VALKEY_URL", "valkey://127.0.0.1:1")
    monkeypatch.setenv("YEMAE_SECRET_KEY", "k" * 32)
    done = yemae(*command)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("command", NEEDING, ids=" ".join)
def test_what_works_in_the_waiting_room_says_that_it_is_away(away: str, command: list[str]) -> None:
    assert away
    done = yemae(*command)
    assert done.code == 1
    assert done.err.startswith("yemae: Valkey cannot be reached: ")


def test_an_address_that_is_none_is_refused_all_the_same(
    away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert away
    monkeypatch.setenv("YEMAE_VALKEY_URL", "nonsense")
    done = yemae("queue", "pause", "hall")
    assert done.code == 2
    assert done.err.startswith("yemae: YEMAE_VALKEY_URL cannot be used")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    file = tmp_path / "hall.toml"
    file.write_text(TEXT.format(**SMALL), encoding="utf-8")
    server = Server(tmp_path, "--load", str(file), YEMAE_WORKERS="1")
    server.start()
    yield server
    server.stop()


def test_a_running_server_whose_valkey_hangs_can_be_steered(server: Server) -> None:
    (valkey,) = server.below("valkey-server")
    os.kill(valkey, signal.SIGSTOP)
    try:
        for command in (["queue", "pause", "hall"], ["queue", "show", "hall", "--json"]):
            done = finish(start(*command, **server.environ))
            assert (done.code, done.err) == (0, "")
        assert done.json()["counts"] is None
        assert done.json()["control"] == "paused"
    finally:
        os.kill(valkey, signal.SIGCONT)


@pytest.mark.parametrize("command", NEEDING[:2], ids=" ".join)
def test_a_command_that_needs_a_valkey_that_hangs_gives_up_after_one_probe(
    server: Server, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    # Without the probe's own end, the command would wait for a server that seems to start.
    monkeypatch.setattr("yemae.embedded.private_stores.COMMAND_WAIT_S", 240.0)
    for name in ("YEMAE_DATA_DIR", "YEMAE_SECRET_KEY"):
        monkeypatch.setenv(name, server.environ[name])
    (valkey,) = server.below("valkey-server")
    os.kill(valkey, signal.SIGSTOP)
    started = time.monotonic()
    try:
        done = yemae(*command)
    finally:
        os.kill(valkey, signal.SIGCONT)
    assert time.monotonic() - started < 200, "it waited for a store that hangs"
    assert (done.code, done.out) == (1, "")
    assert re.fullmatch(
        r"yemae: The server on \S+ runs, but its Valkey does not answer\.\n", done.err
    )


def test_a_named_valkey_that_hangs_is_one_sentence(
    away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert away
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("YEMAE_VALKEY_URL", f"valkey://127.0.0.1:{silent.getsockname()[1]}")
        done = yemae("queue", "admit", "hall", "5")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("yemae: Valkey cannot be reached: Timeout reading from ")
    assert done.err.count("\n") == 1


def test_a_private_valkey_that_cannot_start_stops_only_commands_that_need_it(
    server: Server,
) -> None:
    server.stop()
    log = next((server.folder / "data" / "valkey").rglob("*.incr.aof"))
    log.write_text("*nonsense")
    for command in (["queue", "pause", "hall"], ["queue", "show", "hall"]):
        done = finish(start(*command, **server.environ))
        assert (done.code, done.err) == (0, "")
    done = finish(start("queue", "admit", "hall", "1", **server.environ))
    assert done.code == 1
    assert done.err.startswith("yemae: Valkey did not start: ")
