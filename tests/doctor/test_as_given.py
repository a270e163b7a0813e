"""A server process examines its server by the settings that `yemae serve` was given."""

from pathlib import Path

from yemae.doctor.examine import as_given
from yemae.embedded.data_folder import run_folder
from yemae.settings import Settings


def test_private_stores_have_no_address(tmp_path: Path) -> None:
    sockets = run_folder(tmp_path)
    named = Settings().replace(
        data_dir=tmp_path,
        database_url=f"postgresql://app@/yemae?host={str(sockets).replace('/', '%2F')}&port=5432",
        valkey_url=f"unix://{sockets}/valkey.sock",
    )
    assert as_given(named).stores.database_url == ""
    assert as_given(named).stores.valkey_url == ""


def test_stores_elsewhere_keep_theirs(tmp_path: Path) -> None:
    sockets = run_folder(tmp_path)
    named = Settings().replace(
        data_dir=tmp_path,
        database_url="postgresql://app@db.example.com/yemae",
        valkey_url=f"unix://{sockets}-of-another/valkey.sock",
    )
    assert as_given(named) == named
