"""The version before the newest migration and this one sell side by side in a rolling restart."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from helpers.pages import ROOT
from helpers.server import Server
from helpers.serving import until
from helpers.shipped import shipped
from helpers.under_load import check_books, paid, say, serves, two_nodes, under_load
from yemae.schema.migrate import REVISIONS, VERSIONS

pytestmark = [pytest.mark.deployment, pytest.mark.timeout(900)]


def git(*arguments: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(ROOT), *arguments], check=True, stdout=subprocess.PIPE
    ).stdout


@pytest.fixture
def version_before(tmp_path: Path) -> Path:
    """The source of the commit before the newest migration."""
    (newest,) = VERSIONS.glob(f"{REVISIONS[-1]}_*.sql")
    added = git("log", "--diff-filter=A", "--format=%H", "--", str(newest)).decode().split()
    commit = f"{added[-1]}^" if added else "HEAD"
    subprocess.run(["tar", "-x", "-C", tmp_path], check=True, input=git("archive", commit, "src"))
    return tmp_path / "src"


def migrate(folder: Path, database_url: str, *source: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": ":".join(map(str, source)),
        "YEMAE_DATA_DIR": str(folder / "migrate"),
        "YEMAE_DATABASE_URL": database_url,
    }
    subprocess.run([sys.executable, "-m", "yemae", "migrate"], env=environ, check=True)


def schema_of(database_url: str) -> str:
    with psycopg.connect(database_url) as session:
        row = session.execute("select version_num from alembic_version").fetchone()
    assert row is not None
    return str(row[0])


async def test_both_versions_sell_on_the_new_schema_and_no_request_fails(
    tmp_path: Path,
    version_before: Path,
    empty_database_url: str,
    valkey_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    migrate(tmp_path, empty_database_url, version_before)
    before = schema_of(empty_database_url)
    assert before < REVISIONS[-1]
    old = {"PYTHONPATH": str(version_before)}
    with two_nodes(tmp_path, empty_database_url, valkey_url, **old) as nodes:

        def upgrade() -> None:
            migrate(tmp_path, empty_database_url)
            assert schema_of(empty_database_url) == REVISIONS[-1]
            sell_on(*nodes)
            for node in nodes:
                assert node.end() == 0
                del node.environ["PYTHONPATH"]
                node.start()
                until(lambda node=node: serves(node))  # type: ignore[misc]
                # After the first round, the nodes are of two versions.
                sell_on(*nodes)

        addresses = [f"127.0.0.1:{node.port}" for node in nodes]
        with shipped("haproxy.cfg", tmp_path / "proxy", addresses) as proxy:
            counted = await under_load(proxy, nodes, tmp_path, upgrade)
    say(capsys, f"rolling restart from {before} to {REVISIONS[-1]}: {counted.line()}")
    assert counted.failed == 0, counted.line()
    assert counted.broken_streams == 0
    check_books(counted)


def sell_on(*nodes: Server) -> None:
    """Wait until each node has sold more than it had."""
    before = {node: paid(node) for node in nodes}
    until(lambda: all(paid(node) > sold for node, sold in before.items()))
