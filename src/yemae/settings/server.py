"""Settings of the server, its logs and its metrics."""

import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.settings.said import Seconds, said

# The fan's page that the build has put beside the code.
BUILT_PAGE = Path(__file__).resolve().parent.parent / "page"
BUILT_CONSOLE = BUILT_PAGE.with_name("console_page")


def default_workers() -> int:
    """One server process for each processor this process may use."""
    return len(os.sched_getaffinity(0))


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The server and its address."""

    host: Annotated[
        str,
        said(
            "The name or IP address that it listens on.",
            "서버가 받는 이름 또는 IP 주소.",
            is_shown=True,
        ),
    ] = "127.0.0.1"
    port: Annotated[
        int, Meta(ge=1, le=65_535), said("The port that it listens on.", "서버가 받는 포트.")
    ] = 8000
    workers: Annotated[
        int,
        Meta(ge=1, le=64),
        said(
            "Server processes; each has its own batches and connections.",
            "서버 프로세스의 수. 프로세스마다 배치와 연결을 따로 둡니다.",
            default=("one for each processor", "프로세서마다 하나"),
        ),
    ] = msgspec.field(default_factory=default_workers)
    mode: Annotated[
        Literal["development", "production"],
        said(
            "In production a server with external stores requires `YEMAE_SECRET_KEY`.",
            "`production`에서 외부 저장소를 쓰는 서버는 `YEMAE_SECRET_KEY`가 있어야 시작합니다.",
        ),
    ] = "development"
    page_dir: Annotated[
        Path,
        said(
            "A fan's page of your own, with an `index.html`; see [the fan's page](web.md).",
            "직접 만든 팬 페이지의 폴더. `index.html`이 있어야 합니다. [팬 페이지](web.ko.md) "
            "참고.",
            default=("the page that comes with the server", "서버에 든 페이지"),
        ),
    ] = BUILT_PAGE
    connections_max: Annotated[
        int,
        Meta(ge=1, le=1_000_000),
        said(
            "Client connections that a server process keeps open, at most its limit of open files; "
            "one more closes the connection that has been idle longest.",
            "서버 프로세스 하나가 열어 두는 클라이언트 연결의 최대 수. 열 수 있는 파일 수를 넘지 "
            "못하며, 하나가 더 오면 가장 오래 쉬고 있던 연결을 닫습니다.",
        ),
    ] = 10_000
    shutdown_drain_s: Annotated[
        int,
        Meta(ge=0, le=3_600),
        said(
            "Seconds from SIGTERM, when `/readyz` begins to answer 503, until the server accepts "
            "no more requests. Ctrl-C skips it.",
            "SIGTERM을 받아 `/readyz`가 503을 답하기 시작한 뒤 새 요청을 더 받는 시간(초). "
            "Ctrl-C는 이 시간을 건너뜁니다.",
        ),
    ] = 5
    shutdown_grace_s: Annotated[
        Seconds,
        said(
            "Seconds that requests under way may take after that.",
            "그 뒤에 처리 중인 요청이 끝나기를 기다리는 시간(초).",
        ),
    ] = 20


class LogSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Logs, and who may read the metrics."""

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        said("The lowest level that is written.", "기록하는 가장 낮은 수준."),
    ] = "info"
    log_format: Annotated[
        Literal["auto", "console", "json"],
        said(
            "`json` for machines, `console` for people; `auto` is `console` on a terminal and "
            "`json` otherwise.",
            "`json`은 기계용, `console`은 사람용. `auto`는 터미널이면 `console`, 아니면 `json`.",
        ),
    ] = "auto"
    access_log: Annotated[
        bool,
        said(
            "Write a line for each request, not only for faults.",
            "오류뿐 아니라 모든 요청을 한 줄씩 기록합니다.",
        ),
    ] = False
    metrics: Annotated[
        Literal["local", "direct", "all"],
        said(
            "Who may read `/metrics`: `local` for programs of this machine, `direct` for every "
            "client that reaches the port, both without a proxy in between; `all` for every "
            "client.",
            "`/metrics`를 읽을 수 있는 쪽. `local`은 이 기계의 프로그램, `direct`는 포트에 닿는 "
            "모든 클라이언트이며 둘 다 프록시를 거치지 않아야 합니다. `all`은 모든 클라이언트.",
        ),
    ] = "local"
