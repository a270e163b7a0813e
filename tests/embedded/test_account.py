"""Whom root's stores and server processes run as, and what they are kept from."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from yemae.embedded import account as accounts
from yemae.embedded.account import SystemUser, handed, store_account, within_reach
from yemae.embedded.data_folder import passable, run_folder
from yemae.embedded.private_stores import PrivateStores
from yemae.schema.roles import APP_ROLE
from yemae.store.errors import StoreError

UNPRIVILEGED = SystemUser(
    65_534, 65_534, ("--reuid", "65534", "--regid", "65534", *accounts.NO_MORE)
)
for_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only root may enter, in one that everybody may, as /root is."""
    tmp_path.chmod(0o700)
    folder = tmp_path / "서울 hall"
    folder.mkdir()
    return folder


def test_an_ordinary_user_runs_the_stores_as_itself() -> None:
    root = os.geteuid() == 0
    if root:
        os.seteuid(UNPRIVILEGED.uid)
    try:
        assert store_account() == SystemUser(os.geteuid(), os.getegid())
        nowhere = Path("/nowhere/x")
        assert within_reach(store_account(), nowhere, nowhere.parent, "x") == nowhere
    finally:
        if root:
            os.seteuid(0)


@for_root
def test_root_needs_setpriv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(StoreError, match=r"setpriv .* is not installed"):
        store_account()


@for_root
def test_a_system_user_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "SYSTEM_USER", "not a name")
    with pytest.raises(StoreError, match="its system user not a name cannot be made"):
        store_account()


@for_root
def test_a_root_that_cannot_become_it_reads_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "NO_MORE", ("--no-such-switch",))
    with pytest.raises(
        StoreError, match=r"Root cannot become the system user yemae here \(setpriv"
    ):
        store_account()


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that every user may enter; copies of programs go into `copies` there."""
    place = tmp_path_factory.mktemp("programs")
    for folder in (place, *place.parents):
        if folder.name.startswith(("pytest-", "popen-", "programs")):
            folder.chmod(folder.stat().st_mode | 0o055)
    monkeypatch.setattr(accounts, "PROGRAMS", place / "copies")
    return place


@for_root
def test_programs_out_of_reach_are_copied_once_and_run_from_there(
    closed: Path, place: Path
) -> None:
    program = closed / "tools" / "bin" / "tool"
    program.parent.mkdir(parents=True, mode=0o700)
    (closed / "tools" / "include").mkdir()
    (closed / "tools.libs").mkdir()
    shutil.copy("/bin/true", program)
    program.chmod(0o700)
    for _ in range(2):
        copy = within_reach(store_account(), program, closed / "tools", "tools-1")
        assert copy == place / "copies" / "tools-1" / "tools" / "bin" / "tool"
        assert (copy.stat().st_uid, copy.stat().st_mode & 0o777) == (0, 0o755)
    (made,) = (place / "copies").iterdir()
    assert sorted(path.name for path in made.rglob("*")) == ["bin", "tool", "tools", "tools.libs"]


@for_root
def test_of_a_folder_of_many_programs_only_the_wanted_one_is_copied(
    closed: Path, place: Path
) -> None:
    for name in ("tool", "other"):
        shutil.copy("/bin/true", closed / name)
    copy = within_reach(store_account(), closed / "tool", closed / "tool", "tool-1")
    assert copy == place / "copies" / "tool-1" / "tool"
    assert [path.name for path in copy.parent.iterdir()] == ["tool"]


@for_root
def test_programs_that_cannot_run_are_named_with_the_way_out(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "PROGRAMS", closed / "copies")
    with pytest.raises(StoreError, match=r"cannot run /nowhere/bin/postgres, and not a copy .*put"):
        within_reach(UNPRIVILEGED, Path("/nowhere/bin/postgres"), Path("/nowhere/bin"), "postgres")


@for_root
def test_stores_in_a_folder_of_root_only_run_without_any_capability(closed: Path) -> None:
    data = closed / "data"
    assert not passable(data)
    stores = PrivateStores(data, durable=False, shared_buffers_mb=32)
    try:
        urls = stores.start()
        for pid in stores.pids.values():
            found = dict(
                line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            )
            assert {found[name] for name in ("CapPrm", "CapEff", "CapInh", "CapAmb")} == {"0" * 16}
            assert found["NoNewPrivs"] == "1"
            assert psutil.Process(pid).uids().real == store_account().uid
        with psycopg.connect(urls.database_url) as session:
            session.execute("create table kept as select 1 as one")
            session.commit()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute("select pg_read_file('/etc/shadow')")
        os.kill(stores.pids["PostgreSQL"], 9)
        while stores.check() != ["PostgreSQL"]:
            pass
        running = next(one for one in stores._all if one.server.name == "PostgreSQL")
        while not running.server.is_ready():
            assert not running.died(), running.last_words()
        with psycopg.connect(urls.database_url) as session:
            assert session.execute("select one from kept").fetchall() == [(1,)]
    finally:
        stores.stop()
    assert run_folder(data).parent == Path("/tmp")  # noqa: S108 - where sockets are then


@for_root
def test_the_system_user_may_be_the_app_and_not_the_owner(tmp_path: Path) -> None:
    stores = PrivateStores(tmp_path / "data", durable=False, shared_buffers_mb=32)
    try:
        owner = stores.start().database_url
        assert _who(stores.app_url) == APP_ROLE
        assert _who(owner) == "yemae"
        assert _who_as_system_user(stores.app_url) == APP_ROLE
        assert "Peer authentication failed" in _who_as_system_user(owner)
        other = make_conninfo(owner, user="postgres", replication="true")
        assert "Peer authentication failed" in _who_as_system_user(other)
    finally:
        stores.stop()


def _who(url: str) -> str:
    with psycopg.connect(url) as session:
        return str(session.execute("select current_user").fetchall()[0][0])


def _who_as_system_user(url: str) -> str:
    """The role, or why not, as the system user sees it: libpq is loaded before."""
    script = f"""
import json, psycopg, sys
from yemae.embedded.account import become, store_account
url = json.loads({json.dumps(json.dumps(url))})
become(store_account())
try:
    print(psycopg.connect(url).execute("select current_user").fetchall()[0][0])
except psycopg.OperationalError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@for_root
def test_who_has_become_the_system_user_has_no_way_back_and_still_imports(closed: Path) -> None:
    package = closed / "late"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "later.py").write_text("FOUND = 1")
    (package / "words.txt").write_text("예매")
    (closed / "other.py").write_text("FOUND = 2")
    script = f"""
import os, sys
sys.path.append({str(closed)!r})
import late
from yemae.embedded.account import become, store_account
account = store_account()
become(account)
assert os.getresuid() == (account.uid,) * 3 and os.getresgid() == (account.gid,) * 3
assert os.getgroups() == []
import late.later, other, importlib.resources, wsgiref.headers, zoneinfo
from encodings import euc_kr
assert (late.later.FOUND, other.FOUND) == (1, 2)
import late.later
status = open("/proc/self/status").read()
for name in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
    assert name + ":\\t" + "0" * 16 in status, status
assert "NoNewPrivs:\\t1" in status
try:
    os.setuid(0)
except PermissionError:
    print("no way back")
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("no way back\n", "")


@for_root
def test_a_process_that_became_the_system_user_still_ends_with_its_parent() -> None:
    child = (
        "import os, signal, sys\n"
        "from yemae.embedded.account import become, store_account\n"
        "become(store_account())\n"
        "print(os.getpid(), flush=True)\n"
        "signal.pause()\n"
    )
    parent = (
        "import subprocess, sys, signal\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "signal.pause()\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        orphan = psutil.Process(int(running.stdout.readline()))
        running.kill()
        orphan.wait(timeout=60)


def test_a_folder_is_handed_as_it_is_where_it_can_be_entered(tmp_path: Path) -> None:
    with handed(tmp_path, SystemUser(os.geteuid(), os.getegid())) as at:
        assert at == (str(tmp_path), ())
