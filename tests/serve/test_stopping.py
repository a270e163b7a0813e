"""How a server that has an audience stops, and what makes it stop by itself."""

import http.client
import json
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from helpers.concerts import SMALL, TEXT
from helpers.server import SECRET_KEY, Server
from helpers.serving import until
from yemae.accounts.access import Issuer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    file = tmp_path / "hall.toml"
    file.write_text(TEXT.format(**SMALL), encoding="utf-8")
    server = Server(tmp_path, "--load", str(file), YEMAE_WORKERS="1")
    yield server
    server.stop()


def ask(server: Server, path: str) -> http.client.HTTPResponse:
    with closing(connect(server)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    return answer


def connect(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)


def test_sigterm_turns_readiness_off_first_and_serves_until_balancers_know(server: Server) -> None:
    server.environ["YEMAE_SHUTDOWN_DRAIN_S"] = "6"
    server.start()
    assert ask(server, "/readyz").status == 200
    with closing(connect(server)) as kept:
        kept.request("GET", "/v1/concerts")
        assert kept.getresponse().read()
        assert server.process is not None
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        until(lambda: ask(server, "/readyz").status == 503, deadline_s=5)
        # Fans are served on, and each connection ends with its answer, an old one too.
        assert ask(server, "/v1/concerts").status == 200
        kept.request("GET", "/v1/concerts")
        last = kept.getresponse()
        assert (last.status, last.headers["Connection"]) == (200, "close")
        last.read()
    assert server.process.wait(timeout=60) == 0
    assert time.monotonic() - begun > 5
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0


def test_a_request_that_is_on_its_way_when_the_port_closes_gets_its_answer(server: Server) -> None:
    server.start()
    with closing(connect(server)) as new, closing(connect(server)) as kept:
        new.connect()
        kept.request("GET", "/v1/concerts")
        assert kept.getresponse().read()
        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        until(lambda: is_refused(server))
        for client in (new, kept):
            client.request("GET", "/v1/concerts")
            last = client.getresponse()
            assert (last.status, last.headers["Connection"]) == (200, "close")
            assert last.read()
    assert server.process.wait(timeout=60) == 0


def is_refused(server: Server) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) != 0


def test_ctrl_c_does_not_wait_for_balancers(server: Server) -> None:
    server.environ["YEMAE_SHUTDOWN_DRAIN_S"] = "3600"
    server.start()
    assert server.end(signal.SIGINT, within_s=60) == 0


def test_ctrl_c_breaks_a_drain_off(server: Server) -> None:
    server.environ["YEMAE_SHUTDOWN_DRAIN_S"] = "3600"
    server.start()
    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    until(lambda: ask(server, "/readyz").status == 503)
    assert server.end(signal.SIGINT, within_s=60) == 0


def test_a_stream_ends_with_the_time_of_the_return_and_not_all_at_once(server: Server) -> None:
    server.start()
    streams = []
    for _ in range(8):
        connection = connect(server)
        connection.request("GET", "/v1/concerts/hall/queue/stream")
        streams.append((connection, connection.getresponse()))
        streams[-1][1].readline()
    assert server.end() == 0
    ends = [stream.read().decode() for _, stream in streams]
    for connection, _ in streams:
        connection.close()
    waits_ms = {int(re.findall(r"^retry: (\d+)\n\n\Z", end, re.MULTILINE)[0]) for end in ends}
    assert all(1_000 <= wait <= 5_000 for wait in waits_ms)
    assert len(waits_ms) > 1


def test_a_server_whose_key_file_became_another_says_so_and_stops(server: Server) -> None:
    del server.environ["YEMAE_SECRET_KEY"]
    server.start()
    key = server.folder / "data" / "secret.key"
    before = key.read_text()
    assert server.process is not None
    # The same key again, as a careless restore writes it, makes no difference; nor does none.
    key.unlink()
    until(lambda: "key file is gone" in server.complaint())
    key.write_text(before)
    assert ask(server, "/readyz").status == 200
    key.write_text("0" * 64 + "\n")
    assert server.process.wait(timeout=60) == 1
    (said,) = server.complaint().strip().splitlines()[-1:]
    assert said.startswith(f"yemae: The key file {key} has another key than this server was")


def test_a_server_process_that_dies_in_the_drain_is_replaced_by_one_that_drains(
    server: Server,
) -> None:
    server.environ["YEMAE_SHUTDOWN_DRAIN_S"] = "3600"
    server.start()
    assert server.process is not None
    (before,) = server.workers()
    server.process.send_signal(signal.SIGTERM)
    until(lambda: ask(server, "/readyz").status == 503)
    os.kill(before, signal.SIGKILL)
    until(lambda: set(server.workers()) - {before} != set())
    # A client that connects meanwhile waits for the new one, which serves and ends connections.
    answer = ask(server, "/v1/concerts")
    assert answer.status == 200
    until(lambda: ask(server, "/readyz").status == 503)
    assert ask(server, "/v1/concerts").headers["Connection"] == "close"
    assert server.end(signal.SIGINT, within_s=60) == 0


def test_a_request_that_outlasts_the_grace_is_answered_503(tmp_path: Path) -> None:
    """Such as one that waits for a bank that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as bank:
        server = Server(
            tmp_path,
            YEMAE_WORKERS="1",
            YEMAE_TOP_UPS="card",
            YEMAE_PAYMENT_KEYS=f"http://127.0.0.1:{bank.getsockname()[1]}",
            YEMAE_SHUTDOWN_GRACE_S="1",
        )
        server.start()
        try:
            with closing(connect(server)) as fan:
                token = Issuer(SECRET_KEY, 3_600).issue("fan").text
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "once"}
                body = '{"amount": 1000, "method": "card"}'
                fan.request("POST", "/v1/wallet/checkouts", body, headers)
                with bank.accept()[0]:
                    assert server.process is not None
                    server.process.send_signal(signal.SIGTERM)
                    answer = fan.getresponse()
                    problem = json.loads(answer.read())
        finally:
            server.stop()
    assert (answer.status, problem["type"]) == (503, "/problems/store-unavailable")
    assert answer.headers["Retry-After"]
