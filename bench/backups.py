"""What a backup, its verification and a restore take, beside a dump and the restore of that.

    .venv/bin/python -m bench.backups --orders 1000000

Everything is done in turn, ROUNDS times, on a private PostgreSQL with its usual, durable settings;
each line is the median, the fastest and the slowest in seconds, and the size that was written.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

from bench.many_orders import fill
from yemae.embedded.data_folder import lock_folder, open_folder
from yemae.embedded.postgres_server import BINARIES
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.schema.migrate import upgrade

ROUNDS = 3
NO_VALKEY = StoreUrls("", "valkey://127.0.0.1:1")


def yemae(*arguments: str) -> None:
    """Run a command of the package."""
    subprocess.run([sys.executable, "-m", "yemae", *arguments], check=True, capture_output=True)


def dump(url: str, file: Path) -> None:
    """Write a dump in PostgreSQL's custom format."""
    subprocess.run(
        [BINARIES / "pg_dump", url, "--format=custom", "--compress=gzip:1", "--file", file],
        check=True,
    )


def restore_dump(file: Path, data_dir: Path) -> None:
    """Make a data folder and restore a dump into it."""
    stores = PrivateStores(data_dir, external=NO_VALKEY)
    url = stores.start().database_url
    try:
        subprocess.run(
            [BINARIES / "pg_restore", "--exit-on-error", "--dbname", url, file], check=True
        )
    finally:
        stores.stop()


def size_of(path: Path) -> int:
    """Bytes in a file or in all files of a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def rounds(folder: Path, url: str) -> None:
    """Do everything in turn, and print what it took."""
    took: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}

    def timed(name: str, action: Callable[[], None], written: Path) -> None:
        began = time.perf_counter()
        action()
        took.setdefault(name, []).append(time.perf_counter() - began)
        sizes[name] = size_of(written)

    for number in range(ROUNDS):
        backups, target = folder / f"backups-{number}", folder / f"restored-{number}"
        file, other = folder / f"{number}.dump", folder / f"other-{number}"
        to = ("--to", str(backups))
        timed("yemae backup", partial(yemae, "backup", *to), backups)
        (backup,) = backups.glob("yemae-*")
        timed("yemae restore", partial(yemae, "restore", str(backup), "--to", str(target)), target)
        timed("pg_dump", partial(dump, url, file), file)
        timed("pg_restore", partial(restore_dump, file, other), other)
        timed("yemae backup --verify", partial(yemae, "backup", "--verify", *to), backup)
        for path in (backups, target, other):
            shutil.rmtree(path)
        file.unlink()
    for name, seconds in took.items():
        median = statistics.median(seconds)
        print(f"{name:22} {median:7.1f} s  ({min(seconds):.1f} to {max(seconds):.1f})"
              f"  {sizes[name] / 1e6:8.1f} MB")  # fmt: skip


def main() -> None:
    """Fill a data folder, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    orders = parser.parse_args().orders
    with tempfile.TemporaryDirectory(prefix="yemae-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        os.environ["YEMAE_DATA_DIR"] = str(folder / "data")
        open_folder(folder / "data")
        lock = lock_folder(folder / "data", "serve")
        (folder / "data" / "secret.key").write_text("0" * 64)
        stores = PrivateStores(folder / "data", external=NO_VALKEY)
        url = stores.start().database_url
        try:
            upgrade(url)
            fill(url, orders)
            print(f"{orders:,} orders, load {psutil.getloadavg()[0]:.1f} at the start")
            rounds(folder, url)
        finally:
            stores.stop()
            lock.release()


if __name__ == "__main__":
    main()
