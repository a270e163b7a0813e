"""Expected trouble is one sentence on stderr and the right exit code; never a traceback."""

import errno
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from helpers.command import Done, finish, start, yemae
from helpers.concerts import TEXT
from yemae.cli.failures import explain
from yemae.settings import Settings


def sentence(done: Done, code: int) -> str:
    """What it said, after checking that it is one sentence on stderr and nothing on stdout."""
    assert done.code == code, done
    assert done.out == ""
    assert done.err.startswith("yemae: ")
    assert done.err.endswith("\n")
    assert done.err.count("\n") == 1
    return done.err.removeprefix("yemae: ").strip()


@pytest.fixture
def silent_port() -> Iterator[socket.socket]:
    """A socket that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(120)
        yield listener


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("concerts",), "Missing command. Type `yemae concerts --help`."),
        (("concerts", "load"), "Type `yemae concerts load --help`."),
        (("queue", "show"), "Type `yemae queue show --help`."),
        (("serve", "--port", "0"), "'--port'"),
        (("mock", "--port", "many"), "'--port'"),
        (("tokens", "issue"), "Name users, or say how many with --count."),
        (("tokens", "issue", "@cash"), "'@cash' cannot be a user id"),
        (("tokens", "issue", "--count", "1", "--prefix", "a b"), "cannot be a user id"),
        (("tokens", "issue", "--count", "-1"), "'--count'"),
        (("openapi", "--output", "/nonexistent/openapi.json"), "cannot be written: No such file"),
    ],
)
def test_bad_arguments_end_with_2(arguments: tuple[str, ...], expected: str) -> None:
    assert expected in sentence(yemae(*arguments), 2)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YEMAE_PORT", "many"),
        ("YEMAE_SECRET_KEY", "short"),
        ("YEMAE_DATABASE_URL", "nonsense"),
        ("YEMAE_VALKEY_URL", "nonsense"),
    ],
)
@pytest.mark.usefixtures("named_stores")
def test_a_variable_that_cannot_be_used_ends_with_2_and_its_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    assert name in sentence(yemae("concerts", "list"), 2)


@pytest.mark.usefixtures("named_stores")
def test_a_faulty_concert_file_ends_with_2_and_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(TEXT.replace('title = "Test"', "title = 5"), encoding="utf-8")
    assert f"{path}, line" in sentence(yemae("concerts", "load", str(path)), 2)
    assert "cannot be read" in sentence(yemae("concerts", "load", str(tmp_path / "none")), 2)


@pytest.mark.usefixtures("named_stores")
def test_an_unknown_concert_ends_with_2_and_names_those_there_are() -> None:
    done = yemae("queue", "show", "nope")
    assert sentence(done, 2) == "There is no concert 'nope'; there are: none yet."


def test_an_empty_database_ends_with_1_and_says_what_to_do(
    named_stores: Settings, empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert named_stores.stores.database_url != empty_database_url
    monkeypatch.setenv("YEMAE_DATABASE_URL", empty_database_url)
    for command in (("concerts", "list"), ("schema",), ("erd",), ("queue", "show", "x")):
        assert "type `yemae migrate`" in sentence(yemae(*command), 1)


@pytest.mark.parametrize(
    "command",
    [
        ("concerts", "list"),
        ("queue", "show", "hall"),
        ("users", "list-operators"),
        ("reconcile",),
        ("schema",),
    ],
    ids=" ".join,
)
def test_a_command_on_a_folder_without_data_says_so_and_makes_nothing_there(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    folder = tmp_path / "data"
    assert sentence(yemae(*command), 2) == (
        f"No data is in the data folder {folder}, and no server has run there: name the server's "
        "folder in YEMAE_DATA_DIR, or begin here with `yemae serve` or `yemae migrate`."
    )
    assert not folder.exists()


def test_a_load_does_not_begin_a_folder_either_whose_valkey_is_elsewhere(
    valkey_url: str, hall_file: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("YEMAE_VALKEY_URL", valkey_url)
    assert "No data is in the data folder" in sentence(yemae("concerts", "load", hall_file), 2)
    assert not (tmp_path / "data").exists()


@pytest.mark.usefixtures("named_stores")
def test_stores_that_are_away_end_with_1(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hall_file: str
) -> None:
    path = tmp_path / "away.sock"
    yemae("concerts", "load", hall_file)
    monkeypatch.setenv("YEMAE_VALKEY_URL", f"unix://{path}")
    done = yemae("queue", "admit", "hall", "1")
    assert sentence(done, 1).startswith("Valkey cannot be reached: ")
    monkeypatch.setenv("YEMAE_DATABASE_URL", f"postgresql://fan:hidden@/none?host={tmp_path}")
    said = sentence(yemae("migrate"), 1)
    assert said.startswith("PostgreSQL cannot be reached: ")
    assert "hidden" not in said


def test_a_database_that_does_not_let_us_ends_with_1(
    empty_database_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = f"guest_{os.getpid()}"
    with psycopg.connect(empty_database_url, autocommit=True) as admin:
        admin.execute(f'create role "{role}" login'.encode())
    try:
        name, _, rest = empty_database_url.partition("user=")
        guest = f"{name}user={role} {rest.partition(' ')[2]}"
        monkeypatch.setenv("YEMAE_DATABASE_URL", guest)
        monkeypatch.setenv("YEMAE_VALKEY_URL", valkey_url)
        assert "permission denied for schema public" in sentence(yemae("migrate"), 1)
    finally:
        with psycopg.connect(empty_database_url, autocommit=True) as admin:
            admin.execute(f'drop role "{role}"'.encode())


def test_a_data_folder_that_cannot_be_made_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEMAE_DATA_DIR", "/proc/nothing")
    assert "set YEMAE_DATA_DIR" in sentence(yemae("migrate"), 1)


def test_a_port_that_is_taken_ends_with_1_and_names_another(silent_port: socket.socket) -> None:
    port = silent_port.getsockname()[1]
    assert f"YEMAE_PORT={port + 1} (or --port {port + 1})" in sentence(
        yemae("serve", "--port", str(port)), 1
    )


def test_the_mock_server_names_its_options_only(silent_port: socket.socket) -> None:
    port = silent_port.getsockname()[1]
    taken = sentence(yemae("mock", "--port", str(port)), 1)
    assert f"choose another with --port {port + 1}, or" in taken
    elsewhere = sentence(yemae("mock", "--host", "192.0.2.1"), 1)
    assert "192.0.2.1 is not an address of this machine (--host)" in elsewhere
    assert "YEMAE" not in taken + elsewhere


def test_tokens_are_not_signed_with_a_key_made_for_them(tmp_path: Path) -> None:
    said = sentence(yemae("tokens", "issue", "alice"), 1)
    assert said.startswith(f"There is no secret key in the data folder {tmp_path / 'data'}: ")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("mysql://fan:hidden@db/yemae", "."),
        ("nonsense", "."),
        ("postgresql://db/yemae?foo=1", ' (invalid URI query parameter: "foo").'),
    ],
)
@pytest.mark.usefixtures("named_stores")
def test_what_is_no_address_of_a_postgresql_is_refused_without_showing_it(
    url: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_DATABASE_URL", url)
    assert sentence(yemae("migrate"), 2) == (
        "YEMAE_DATABASE_URL cannot be used: expected the address of a PostgreSQL such as "
        f"postgresql://user:password@host:5432/database{hint}"
    )


@pytest.mark.usefixtures("named_stores")
def test_a_postgresql_that_is_away_is_one_clean_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEMAE_DATABASE_URL", "postgresql://fan@127.0.0.1:1/yemae")
    assert sentence(yemae("concerts", "list"), 1) == (
        'PostgreSQL cannot be reached: connection to server at "127.0.0.1", port 1 failed: '
        "Connection refused."
    )


@pytest.mark.usefixtures("named_stores")
def test_serve_warns_of_variables_that_it_does_not_know(
    silent_port: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_WORKER", "2")
    monkeypatch.setenv("YEMAE_URL", "http://127.0.0.1:8000")
    done = yemae("serve", "--port", str(silent_port.getsockname()[1]))
    warning, refusal = done.err.splitlines()
    assert warning == (
        "yemae: warning: YEMAE_WORKER is no setting of Yemae and does nothing: "
        "did you mean YEMAE_WORKERS?"
    )
    assert "is in use" in refusal


def test_a_full_disk_is_trouble_and_other_faults_are_ours() -> None:
    assert explain(OSError(errno.ENOSPC, "No space left on device")) == (1, "The disk is full.")
    assert explain(OSError(errno.EBADF, "Bad file descriptor")) is None
    assert explain(KeyError("a fault of ours")) is None


def test_ctrl_c_while_waiting_for_a_store_ends_with_130_and_no_traceback(
    silent_port: socket.socket, valkey_url: str
) -> None:
    port = silent_port.getsockname()[1]
    process = start(
        "migrate",
        YEMAE_DATABASE_URL=f"postgresql://fan@127.0.0.1:{port}/yemae?sslmode=disable",
        YEMAE_VALKEY_URL=valkey_url,
    )
    connection, _ = silent_port.accept()
    with connection:
        process.send_signal(signal.SIGINT)
        done = finish(process)
    assert (done.code, done.out, done.err) == (130, "", "")


def test_ctrl_c_ends_the_mock_server_with_130_and_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start("mock", "--port", str(port))
    assert process.stderr is not None
    assert f"http://127.0.0.1:{port}" in process.stderr.readline()
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /livez HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n")
        assert client.recv(100).startswith(b"HTTP/1.1 200")
    process.send_signal(signal.SIGINT)
    done = finish(process)
    assert (done.code, done.out, done.err) == (130, "", "")


def test_a_reader_that_has_seen_enough_is_no_trouble() -> None:
    process = start("tokens", "issue", "--count", "20000", YEMAE_SECRET_KEY="k" * 32)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read()
    assert process.wait(timeout=120) == 1
    assert said == ""
    process.stderr.close()
