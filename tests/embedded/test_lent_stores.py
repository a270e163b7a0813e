"""The stores that a command borrows from a running server, or starts for its own time."""

import subprocess
from pathlib import Path

from helpers.private_stores import EXTERNAL, alive, kept, put
from yemae.embedded.data_folder import run_folder
from yemae.embedded.private_stores import open_stores
from yemae.settings import Settings


def test_a_command_has_stores_for_as_long_as_it_takes(tmp_path: Path) -> None:
    settings = Settings().replace(data_dir=tmp_path / "data")
    for value in ("first", "second"):
        with open_stores(settings) as lent:
            put(lent.urls, value)
            last = kept(lent.urls)
    assert last == (["first", "second"], ["first", "second"])
    assert not (run_folder(tmp_path / "data") / "valkey.sock").exists()


def test_a_command_borrows_the_stores_of_a_running_server(
    tmp_path: Path, owner: tuple[subprocess.Popen[str], dict[str, int]]
) -> None:
    with open_stores(Settings().replace(data_dir=tmp_path / "data")) as lent:
        put(lent.urls, "kept")
    assert all(alive(pid) for pid in owner[1].values())


def test_a_command_takes_named_stores_as_they_are(tmp_path: Path) -> None:
    settings = Settings().replace(
        data_dir=tmp_path / "none",
        database_url=EXTERNAL.database_url,
        valkey_url=EXTERNAL.valkey_url,
    )
    with open_stores(settings) as lent:
        assert lent == (EXTERNAL, EXTERNAL.database_url)
    assert not (tmp_path / "none").exists()
