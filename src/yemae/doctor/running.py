"""What the server on this machine says of itself over HTTP, asked at its own address."""

import http.client
import re
import time
from typing import NamedTuple

import msgspec

from yemae.settings import Settings

ANSWER_S = 5.0
# The jobs process starts after the server; its first job may come this much later.
JOBS_START_S = 15.0
ASK_AGAIN_S = 0.5
BODY_MAX_BYTES = 8_000_000
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared only
UNTRUSTED = re.compile(r"^yemae_untrusted_proxy_requests_total (\S+)$", re.MULTILINE)
JOBS = re.compile(r'^yemae_jobs_last_run_timestamp_seconds\{job="\w+"\} (\S+)$', re.MULTILINE)


class Said(NamedTuple):
    """Its answers; `ready` and `healthy` are HTTP statuses, None without an answer."""

    url: str
    ready: int | None = None
    healthy: int | None = None
    is_ours: bool = False
    # What it says of its stores.
    states: str = ""
    # Requests of a proxy that it does not trust; 0 also where that is not known.
    untrusted: int = 0
    # How long ago its jobs process last ran a job; None: never, or it does not run.
    jobs_ago_s: float | None = None


class Probe(msgspec.Struct):
    """The body of `/readyz` and `/healthz`."""

    status: str
    postgres: str
    valkey: str


def ask_server(settings: Settings, patience_s: float = JOBS_START_S) -> Said:
    """Ask the server. One that does not answer is one of the results. One that has run no job yet
    may have just started, and is asked again for this long."""
    until = time.monotonic() + patience_s
    while True:
        said = _ask_once(settings)
        if not said.is_ours or said.jobs_ago_s is not None or time.monotonic() > until:
            return said
        time.sleep(ASK_AGAIN_S)


def _ask_once(settings: Settings) -> Said:
    host = ANY_ADDRESS.get(settings.server.host, settings.server.host)
    shown = f"[{host}]" if ":" in host else host
    said = Said(f"http://{shown}:{settings.server.port}")
    try:
        connection = http.client.HTTPConnection(host, settings.server.port, timeout=ANSWER_S)
        try:
            return _ask(connection, said)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return said


def _ask(connection: http.client.HTTPConnection, said: Said) -> Said:
    ready, body = _get(connection, "/readyz")
    said = said._replace(ready=ready)
    try:
        msgspec.json.decode(body, type=Probe)
    except msgspec.DecodeError:
        return said
    healthy, body = _get(connection, "/healthz")
    probe = msgspec.json.decode(body, type=Probe)
    states = f"{probe.status}, PostgreSQL {probe.postgres}, Valkey {probe.valkey}"
    _, text = _get(connection, "/metrics")
    shown = text.decode(errors="replace")
    counted = UNTRUSTED.search(shown)
    last_run = max(map(float, JOBS.findall(shown)), default=None)
    return said._replace(
        healthy=healthy,
        is_ours=True,
        states=states,
        untrusted=int(float(counted[1])) if counted else 0,
        jobs_ago_s=None if last_run is None else time.time() - last_run,
    )


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read(BODY_MAX_BYTES)
