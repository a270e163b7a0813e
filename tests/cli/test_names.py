"""Names as commands print them, and what commands never print."""

import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from helpers.command import yemae
from helpers.concerts import SMALL, TEXT
from yemae.concerts.draw_seeds import DrawSeeds
from yemae.settings import Settings
from yemae.values.text import UNSAFE

NASTY = "A\x1b[2J\x07\x9b31mnn\u202egnp.exe\u2066\u2028Z\u200f"
LANES = """
[[queue.lanes]]
name = "fanclub"
share = 30
codes = ["SECRET-CODE"]
"""


@pytest.fixture
def nasty(named_stores: Settings) -> Settings:
    """An operator and a concert with names that would steer a terminal."""
    assert yemae("concerts", "load", str(_file(named_stores.stores.data_dir))).code == 0
    with psycopg.connect(named_stores.stores.database_url) as connection:
        connection.execute(
            "insert into users (id, name, email, role)"
            " values ('u-1', %s, 'a@b.example', 'operator')",
            (NASTY,),
        )
        connection.execute("update concerts set title = %s, artist = %s", (NASTY, NASTY))
    return named_stores


def _file(folder: Path, lanes: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "hall.toml"
    text = TEXT.format(**SMALL).replace("[[grades]]", f"{lanes}[[grades]]", 1)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.usefixtures("nasty")
@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "list-operators"),
        ("users", "list-operators", "--json"),
        ("users", "grant-operator", "u-1"),
        ("users", "revoke-operator", NASTY.replace("\x00", "")),
        ("concerts", "list"),
        ("concerts", "list", "--json"),
        ("concerts", "plan", "hall-1"),
        ("concerts", "load", f"{NASTY}.toml"),
        ("nonsense" + NASTY,),
    ],
    ids=lambda arguments: " ".join(arguments[:2]).encode().decode("ascii", "ignore")[:20],
)
def test_no_command_prints_what_steers_a_terminal(arguments: tuple[str, ...]) -> None:
    done = yemae(*arguments)
    written = (done.out + done.err).replace("\n", "")
    assert written
    assert not UNSAFE.search(written)


@pytest.mark.usefixtures("nasty")
def test_json_means_what_the_name_is() -> None:
    assert yemae("users", "list-operators", "--json").json()[0]["name"] == NASTY
    assert yemae("concerts", "list", "--json").json()[0]["title"] == NASTY


def test_a_list_shows_neither_the_seed_of_a_draw_nor_hashes_of_codes(
    named_stores: Settings, tmp_path: Path
) -> None:
    file = _file(tmp_path, LANES)
    text = file.read_text().replace("2026-01-01T00", "2029-01-01T00")
    file.write_text(text.replace("[queue]", '[queue]\nqueueing_method = "draw"', 1))
    assert yemae("concerts", "load", str(file)).code == 0
    with psycopg.connect(named_stores.stores.database_url) as connection:
        row = connection.execute(
            "select encode(draw_seed, 'hex'), encode(draw_seed, 'base64'), lanes from concerts"
        ).fetchone()
    assert row is not None
    ((lane,), secrets) = row[2], [row[0], row[1].strip()]
    seed = DrawSeeds(named_stores.stores.secret_key).seed(bytes.fromhex(row[0]), is_keyed=True)
    secrets += [*lane["code_hashes"], seed.hex()]
    shown = [
        yemae("concerts", "list", "--json").out,
        yemae("concerts", "list").out,
        *(
            yemae("queue", *arguments).out
            for arguments in (
                ("show", "hall", "--json"),
                ("show", "hall"),
                ("audit", "hall", "--json"),
            )
        ),
        yemae("schema").out,
    ]
    for text in shown:
        assert text
        assert not any(secret in text for secret in secrets)
        assert not re.search(r"seed\W+[0-9A-Za-z+/]{40}", text)
    (listed,) = yemae("concerts", "list", "--json").json()
    assert listed["lanes"] == [{"name": "fanclub", "share": 30, "codes": 1, "group": ""}]


@pytest.mark.usefixtures("named_stores")
@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "grant-operator"),
        ("queue", "show"),
        ("queue", "pause"),
        ("queue", "audit"),
        ("concerts", "plan"),
        ("concerts", "load"),
    ],
)
def test_bytes_that_are_no_text_are_one_sentence(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"yemae", *(part.encode() for part in arguments), b"\xff"],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert re.fullmatch(rb"yemae: .*\n", done.stderr)
