"""What each command does when nothing is in its way."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import jwt
import pytest

from helpers.command import finish, start, yemae
from helpers.owner import as_owner, owner_url
from yemae import __version__
from yemae.accounts.access import Issuer
from yemae.embedded.secret_key import secret_key
from yemae.http.contract.docs_page import document_bytes
from yemae.http.operations import OPERATIONS
from yemae.schema import dump, erd
from yemae.settings import Settings

COMMANDS = [
    (),
    ("serve",),
    ("migrate",),
    ("concerts", "load"),
    ("concerts", "list"),
    ("concerts", "plan"),
    ("concerts", "remove"),
    ("tokens", "issue"),
    ("tickets", "key"),
    ("tickets", "check"),
    *(
        ("queue", name)
        for name in (
            "show",
            "watch",
            "pause",
            "resume",
            "drain",
            "open-now",
            "set",
            "revoke",
            "admit",
            "log",
        )
    ),
    ("reconcile",),
    ("log",),
    ("rehearse",),
    ("users", "grant-operator"),
    ("users", "revoke-operator"),
    ("users", "list-operators"),
    ("users", "grant-admin"),
    ("users", "grant"),
    ("users", "revoke"),
    ("users", "roles"),
    ("users", "export"),
    ("users", "delete"),
    ("users", "reset-second-factor"),
    ("mock",),
    ("openapi",),
    ("erd",),
    ("schema",),
    ("version",),
]
CYAN = "\x1b[1;36m"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(command: tuple[str, ...]) -> None:
    done = yemae(*command, "--help")
    assert done.code == 0
    assert "Usage: yemae" in done.out
    assert command in {(), ("version",)} or f"yemae {' '.join(command)}" in done.out
    assert done.out == yemae(*command, "-h").out


def test_no_command_at_all_shows_what_there_is() -> None:
    assert yemae() == yemae("--help")


def test_it_runs_as_a_module() -> None:
    done = finish(start("version", "--json"))
    assert (done.code, done.err) == (0, "")
    found = done.json()
    assert found["yemae"] == __version__
    assert re.fullmatch(r"18\.\d+", found["postgresql"])
    assert re.fullmatch(r"9\.\d+\.\d+", found["valkey"])


def test_version_is_one_line_for_each_part() -> None:
    lines = yemae("version").out.splitlines()
    assert [line.split()[0] for line in lines] == ["yemae", "python", "postgresql", "valkey"]


def test_its_own_version_alone_is_one_line() -> None:
    assert yemae("--version") == (0, f"yemae {__version__}\n", "")


@pytest.mark.parametrize(
    "group", [(), ("concerts",), ("tokens",), ("queue",), ("users",)], ids=" ".join
)
def test_no_line_of_a_list_of_commands_is_cut_off(group: tuple[str, ...]) -> None:
    assert "..." not in yemae(*group, "--help").out.partition("Commands:")[2]


def test_migrate_says_what_it_applied_and_then_nothing_more(
    empty_database_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_DATABASE_URL", empty_database_url)
    monkeypatch.setenv("YEMAE_VALKEY_URL", valkey_url)
    first = yemae("migrate")
    assert first.code == 0
    assert first.out.startswith("applied 0001\n")
    assert yemae("migrate") == (0, "already current\n", "")


def test_without_stores_in_the_environment_it_starts_its_own_for_the_moment() -> None:
    done = yemae("migrate")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("applied 0001\n")
    assert yemae("concerts", "list", "--json") == (0, "[]\n", "")


def test_concerts_are_loaded_and_listed(named_stores: Settings, hall_file: str) -> None:
    loaded = yemae("concerts", "load", hall_file)
    said = "hall.toml: hall, performances: 2, seats in each: 10\n"
    assert loaded.out == (
        f"{said}  + concert hall: Test\n"
        "  + date hall-1: 2030-01-01 10:00Z, 10 seats\n"
        "  + date hall-2: 2030-01-02 10:00Z, 10 seats\n"
    )
    assert (loaded.code, loaded.err) == (0, "")
    assert yemae("concerts", "load", hall_file) == (0, f"{said}  unchanged\n", "")
    table = yemae("concerts", "list")
    assert re.search(r"hall +Test +Testers +2026-01-01 00:00Z +2 +20 +50,000 KRW", table.out)
    (listed,) = yemae("concerts", "list", "--json").json()
    assert listed["id"] == "hall"
    assert listed["time_zone"] is None
    assert listed["currency"] == named_stores.sale.currency
    assert listed["performances"][0] == {
        "id": "hall-1",
        "starts_at": "2030-01-01T10:00:00.000Z",
        "starts_at_local": "2030-01-01T10:00:00.000+00:00",
        "sale_ends_at": "2030-01-01T10:00:00.000Z",
        "sale_ends_at_local": "2030-01-01T10:00:00.000+00:00",
        "seats_total": 10,
        "price_from": 50_000,
    }


@pytest.mark.usefixtures("named_stores")
def test_a_queue_shows_its_settings_and_its_numbers(hall_file: str) -> None:
    yemae("concerts", "load", hall_file)
    shown = yemae("queue", "show", "hall", "--json").json()
    assert shown["settings"]["active_limit"] == 100
    assert (shown["state"], shown["counts"]["waiting"]) == ("open", 0)
    table = finish(start("queue", "show", "hall")).out
    assert re.search(r"sale_opens_at +2026-01-01 00:00 *\n", table)
    assert re.search(r"time_in_queue_p50_s +–", table)


def test_tokens_are_one_on_each_line_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    key = "k" * 32
    monkeypatch.setenv("YEMAE_SECRET_KEY", key)
    done = yemae("tokens", "issue", "alice", "--count", "3", "--prefix", "f", "--ttl-s", "60")
    assert (done.code, done.err) == (0, "")
    tokens = done.out.splitlines()
    issuer = Issuer(key, 60)
    assert [issuer.user_id(token) for token in tokens] == ["alice", "f1", "f2", "f3"]
    claims = jwt.decode(tokens[0], key, ["HS256"])
    assert claims["exp"] - claims["iat"] == 60


def test_tokens_are_signed_with_the_key_that_the_data_folder_keeps(tmp_path: Path) -> None:
    key = secret_key(Settings().replace(data_dir=tmp_path / "data"))
    token = yemae("tokens", "issue", "alice").out.strip()
    assert Issuer(key, 60).user_id(token) == "alice"


def test_openapi_is_what_the_server_gives(tmp_path: Path) -> None:
    expected = document_bytes(OPERATIONS)
    assert yemae("openapi").out.encode() == expected
    path = tmp_path / "openapi.json"
    assert yemae("openapi", "--output", str(path)) == (0, "", "")
    assert path.read_bytes() == expected


def test_schema_and_erd_are_those_of_the_database(
    named_stores: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = owner_url(named_stores)
    monkeypatch.setenv("YEMAE_DATABASE_OWNER_URL", owner)
    as_owner(named_stores, "create table of_this_test (id int primary key)")
    assert yemae("schema").out == dump.dump(owner)
    assert yemae("erd").out == erd.page(owner)
    assert "of_this_test {" in yemae("erd").out


@pytest.mark.usefixtures("named_stores")
def test_color_is_for_those_who_want_it(hall_file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    yemae("concerts", "load", hall_file)
    assert "\x1b[" not in yemae("concerts", "list").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert CYAN in yemae("concerts", "list").out
    monkeypatch.setenv("NO_COLOR", "")  # Put back after the test, whatever --no-color sets.
    assert CYAN not in yemae("--no-color", "concerts", "list").out


def test_a_plan_is_drawn_from_a_file_without_any_store(tmp_path: Path) -> None:
    picture = tmp_path / "plan.svg"
    done = yemae("concerts", "plan", "examples/small-hall.toml", "--svg", str(picture))
    assert (done.code, done.out) == (0, "")
    assert yemae("concerts", "plan", "examples/small-hall.toml").out == picture.read_text()
    drawn = ET.fromstring(picture.read_text())  # noqa: S314 - our own
    texts = {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"무대", "앞", "뒤", "A", "E", "R · 66,000 KRW · 20", "S · 55,000 KRW · 30"} <= texts
    nowhere = yemae("concerts", "plan", "examples/small-hall.toml", "--svg", "/nowhere/x.svg")
    assert nowhere.code == 2
    assert nowhere.err == "yemae: /nowhere/x.svg: cannot be written: No such file or directory.\n"
