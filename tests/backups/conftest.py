"""What tests of backups share: a data folder whose stores run, with a sale in it."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from helpers.command import Done, yemae
from helpers.concerts import load_concert
from helpers.fans import Fan
from yemae.embedded.data_folder import lock_folder, open_folder, run_folder
from yemae.embedded.private_stores import PrivateStores
from yemae.runtime import open_runtime
from yemae.schema.migrate import upgrade
from yemae.settings import Settings

KEY = "the secret key of a data folder, of 32 characters or more"


class Source(NamedTuple):
    """A data folder in use, its settings, and the folder for its backups."""

    data_dir: Path
    settings: Settings
    backups: Path


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """No YEMAE_* of the person who runs the tests."""
    for name in os.environ:
        if name.startswith("YEMAE_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Path, Settings]]:
    """A data folder that this process holds as a server does; one seat was sold."""
    with tempfile.TemporaryDirectory(prefix="yemae-backup-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        data_dir = Path(folder) / "data"
        open_folder(data_dir)
        lock = lock_folder(data_dir, "serve")
        (data_dir / "secret.key").write_text(KEY + "\n")
        stores = PrivateStores(data_dir, durable=False, shared_buffers_mb=32)
        urls = stores.start()
        try:
            upgrade(urls.database_url)
            settings = Settings().replace(
                data_dir=data_dir,
                database_url=stores.app_url,
                valkey_url=urls.valkey_url,
                secret_key=KEY,
                log_level="error",
                postgres_transaction_timeout_s=240,
                valkey_timeout_s=60,
            )
            asyncio.run(sell(settings, "fan", "1", first=True))
            yield data_dir, settings
        finally:
            stores.stop()
            lock.release()
            shutil.rmtree(run_folder(data_dir), ignore_errors=True)


async def sell(settings: Settings, name: str, seat: str, *, first: bool = False) -> None:
    """Sell a seat to a fan who waits in line first."""
    if first:
        await load_concert(settings)
    async with open_runtime(settings) as runtime:
        fan = Fan(runtime, name)
        await fan.enter()
        await fan.top_up()
        await fan.hold(seat)
        await fan.pay()


@pytest.fixture
def source(
    running: tuple[Path, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Source:
    """That data folder, named in the environment, and a folder of backups of this test's own."""
    monkeypatch.setenv("YEMAE_DATA_DIR", str(running[0]))
    return Source(*running, tmp_path / "backups")


@pytest.fixture(scope="module")
def kept_backup(running: tuple[Path, Settings]) -> Path:
    """A backup that the tests of a module read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YEMAE_DATA_DIR", str(running[0]))
        done = yemae("backup", "--to", str(running[0].parent / "kept"), "--json")
    assert done.code == 0, done.err
    return Path(done.json()["path"])


def limited(limit_bytes: int, *arguments: str) -> Done:
    """Run a command where no file may be longer than this, as on a disk that is full then. Its
    coverage, which would be longer, is not measured."""
    environ = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE")}
    done = subprocess.run(
        ["prlimit", f"--fsize={limit_bytes}", sys.executable, "-m", "yemae", *arguments],
        capture_output=True, text=True, timeout=120, check=False, env=environ,
    )  # fmt: skip
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Path]:
    """Where a restored data folder will be: the system user of the stores may pass through."""
    tmp_path.chmod(0o711)
    yield tmp_path / "restored"
    shutil.rmtree(run_folder(tmp_path / "restored"), ignore_errors=True)
