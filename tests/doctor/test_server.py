"""What is found about the server that runs, the proxies before it, and the page."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from helpers.proxies import nginx
from helpers.server import Server
from helpers.serving import until
from yemae import __version__
from yemae.doctor import server as checks
from yemae.doctor.running import Said, ask_server
from yemae.settings import BUILT_PAGE, Settings

SILENT = Said("http://127.0.0.1:1")
FORWARDS = """server { listen LISTEN; location / {
    proxy_pass http://127.0.0.1:PORT;
    proxy_set_header X-Forwarded-For 203.0.113.7;
} }"""


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, kept_database_url: str, kept_valkey_url: str
) -> Iterator[Server]:
    """A server that trusts no proxy of this machine."""
    server = Server(
        tmp_path_factory.mktemp("server"),
        YEMAE_DATABASE_URL=kept_database_url,
        YEMAE_VALKEY_URL=kept_valkey_url,
        YEMAE_WORKERS="1",
        FORWARDED_ALLOW_IPS="192.0.2.1",
    )
    server.start()
    yield server
    server.stop()


def at(port: int, host: str = "127.0.0.1") -> Settings:
    return Settings().replace(host=host, port=port)


def test_a_server_that_is_ready_is_right(server: Server) -> None:
    said = ask_server(at(server.port))
    found = checks.check_server(said)
    assert (found.reason, found.state) == ("ready", "ok"), said
    # One that listens everywhere is asked on loopback.
    assert ask_server(at(server.port, "0.0.0.0")).ready == 200  # noqa: S104 - a setting


@pytest.mark.parametrize(
    ("said", "reason", "state"),
    [
        (SILENT, "none", "not_checked"),
        (SILENT._replace(ready=200), "other", "failure"),
        (SILENT._replace(ready=503, healthy=503, is_ours=True), "not_ready", "failure"),
        (SILENT._replace(ready=200, healthy=503, is_ours=True), "degraded", "failure"),
    ],
)
def test_what_a_server_says_is_judged(said: Said, reason: str, state: str) -> None:
    found = checks.check_server(said._replace(states="degraded, PostgreSQL ok, Valkey full"))
    assert (found.reason, found.state) == (reason, state)


def test_nothing_and_something_else_at_the_address_are_different(tmp_path: Path) -> None:
    assert ask_server(at(1)).ready is None
    with nginx(tmp_path, 'server { listen LISTEN; location / { return 200 "hi"; } }') as other:
        assert checks.check_server(ask_server(at(other.port))).reason == "other"


def test_a_server_that_hangs_is_none_after_a_while(server: Server) -> None:
    (worker,) = server.workers()
    os.kill(worker, signal.SIGSTOP)
    try:
        assert checks.check_server(ask_server(at(server.port))).reason == "none"
    finally:
        os.kill(worker, signal.SIGCONT)


def test_a_jobs_process_that_stands_still_is_a_failure(server: Server) -> None:
    assert checks.check_jobs(ask_server(at(server.port))).reason == "running"
    late = ask_server(at(server.port))._replace(jobs_ago_s=checks.JOBS_LATE_S + 1)
    assert checks.check_jobs(late).state == "failure"
    assert checks.check_jobs(late._replace(jobs_ago_s=None)).state == "failure"
    assert checks.check_jobs(late._replace(is_ours=False)).state == "not_checked"


def test_a_proxy_that_the_server_does_not_trust_is_noticed(server: Server, tmp_path: Path) -> None:
    settings = at(server.port)
    trusted = {"FORWARDED_ALLOW_IPS": "192.0.2.1"}
    before = ask_server(settings)
    assert before.untrusted == 0
    assert checks.check_proxies(trusted, settings, before).reason == "named"
    # Who comes without a proxy is no sign of one.
    httpx.post(f"{server.url}/v1/guests", trust_env=False, timeout=60)
    with nginx(tmp_path, FORWARDS.replace("PORT", str(server.port))) as proxy:
        made = httpx.post(f"{proxy.url}/v1/guests", trust_env=False, timeout=60)
    assert made.status_code == 201, made.text
    # The server counts once a second for all who ask.
    until(lambda: ask_server(settings).untrusted == 1)
    found = checks.check_proxies(trusted, settings, ask_server(settings))
    assert (found.reason, found.state) == ("untrusted", "warning")
    assert '"address": "127.0.0.1"' in server.complaint()


@pytest.mark.parametrize(
    ("trusted", "host", "reason", "state"),
    [
        (None, "0.0.0.0", "this_machine", "ok"),  # noqa: S104 - a setting
        ("", "127.0.0.1", "none", "ok"),
        ("10.0.0.0/8, 127.0.0.1,::1", "0.0.0.0", "named", "ok"),  # noqa: S104
        ("*", "0.0.0.0", "all", "failure"),  # noqa: S104
        ("*", "127.0.0.1", "all_local", "warning"),
        ("10.0.0.1/8", "127.0.0.1", "unreadable", "failure"),
        ("10.0.0.1,proxy.internal", "127.0.0.1", "unreadable", "failure"),
        ("*,10.0.0.1", "127.0.0.1", "unreadable", "failure"),
    ],
)
def test_the_proxies_that_are_trusted_are_judged(
    trusted: str | None, host: str, reason: str, state: str
) -> None:
    environ = {} if trusted is None else {"FORWARDED_ALLOW_IPS": trusted}
    found = checks.check_proxies(environ, at(1, host), SILENT)
    assert (found.reason, found.state) == (reason, state)


def test_the_page_of_this_version_is_right() -> None:
    found = checks.check_page(Settings())
    assert (found.reason, found.state) == ("built", "ok")


def test_a_page_of_an_operator_is_not_compared(tmp_path: Path) -> None:
    assert checks.check_page(Settings().replace(page_dir=tmp_path)).reason == "own"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the built page in the place of it."""
    copy = tmp_path / "page"
    shutil.copytree(BUILT_PAGE, copy)
    monkeypatch.setattr("yemae.doctor.server.BUILT_PAGE", copy)
    return copy


def test_a_page_that_was_not_built_or_of_another_version_is_found(page: Path) -> None:
    settings = Settings().replace(page_dir=page)
    assert checks.check_page(settings).reason == "built"
    for stamp in ({"key": "k"}, {"key": "k", "version": "0.0.1"}):
        (page / "built.json").write_text(json.dumps(stamp))
        found = checks.check_page(settings)
        assert (found.reason, found.state) == ("other", "failure")
        assert __version__ in found.says
    (page / "index.html").unlink()
    found = checks.check_page(settings)
    assert (found.reason, found.state) == ("none", "warning")
