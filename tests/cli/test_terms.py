"""`yemae terms`: publishing what fans agree to."""

from pathlib import Path

import psycopg
import pytest

from helpers.command import yemae
from yemae.settings import Settings

TEXT = 'version = "{version}"\n[terms]\nko = "{text}"\n[privacy]\nko = "개인정보"\n'


def terms_file(folder: Path, version: str, text: str = "약관") -> str:
    path = folder / f"{version}.toml"
    path.write_text(TEXT.format(version=version, text=text), encoding="utf-8")
    return str(path)


def test_the_newest_version_is_listed_first_and_nothing_agreed_to_it_yet(
    named_stores: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With Valkey away, which has no part in it."""
    monkeypatch.setenv("YEMAE_VALKEY_URL", "valkey://127.0.0.1:1")
    assert yemae("terms", "list", "--json").json() == []
    first = yemae("terms", "publish", terms_file(tmp_path, "2030-01"))
    assert (first.code, first.out) == (0, "2030-01 is what fans agree to now\n")
    yemae("terms", "publish", terms_file(tmp_path, "2030-02"))
    with psycopg.connect(named_stores.stores.database_url) as session:
        session.execute("insert into users (id, terms) values ('ann', '2030-01')")
    listed = yemae("terms", "list", "--json").json()
    assert [(each["version"], each["sign_ups"], each["payments"]) for each in listed] == [
        ("2030-02", 0, 0),
        ("2030-01", 1, 0),
    ]
    assert "2030-02" in yemae("terms", "list").out


@pytest.mark.usefixtures("named_stores")
def test_a_version_never_changes(tmp_path: Path) -> None:
    yemae("terms", "publish", terms_file(tmp_path, "1"))
    again = yemae("terms", "publish", terms_file(tmp_path, "1"))
    assert again.out == "1 was published before: nothing has changed\n"
    other = yemae("terms", "publish", terms_file(tmp_path, "1", "다른 약관"))
    assert other.code == 2
    assert "give the new texts another version" in other.err


@pytest.mark.usefixtures("named_stores")
def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    done = yemae("terms", "publish", str(tmp_path / "none.toml"))
    assert done.code == 2
    assert "cannot be read" in done.err


@pytest.mark.parametrize("change", ["update terms set content = '{}'", "delete from terms"])
def test_neither_the_server_nor_the_owner_changes_what_was_published(
    named_stores: Settings, database_url: str, tmp_path: Path, change: str
) -> None:
    yemae("terms", "publish", terms_file(tmp_path, "1"))
    with (
        psycopg.connect(named_stores.stores.database_url) as session,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        session.execute(change.encode())
    with (
        psycopg.connect(database_url) as session,
        pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="is never changed"),
    ):
        session.execute(change.encode())
