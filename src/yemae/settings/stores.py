"""Settings of the stores."""

import os
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.settings.said import Seconds, said

# Of the jobs process, whose jobs take turns, so that the sale's processes find the database free.
JOBS_CONNECTIONS_MAX = 4


def default_data_dir() -> Path:
    """The folder of the private stores unless one is set: a folder of this user.

    Root gets the system's place for server data, because a home folder that only root can enter
    would be unreachable for the system user that PostgreSQL has to run as.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/yemae")
    data_home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data_home).expanduser() / "yemae"


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """PostgreSQL, Valkey, and the data folder of the private ones."""

    data_dir: Annotated[
        Path,
        said(
            "The folder of the private stores and the secret key; `XDG_DATA_HOME` moves the "
            "default.",
            "내장 저장소와 비밀 키의 폴더. 기본값은 `XDG_DATA_HOME`을 따릅니다.",
            default=(
                "`~/.local/share/yemae`, or `/var/lib/yemae` for root",
                "`~/.local/share/yemae`, root는 `/var/lib/yemae`",
            ),
        ),
    ] = msgspec.field(default_factory=default_data_dir)
    database_url: Annotated[
        str,
        said(
            "The PostgreSQL (16 or newer) to use, `postgresql://…`; it may name [several hosts]"
            "(operations.md#postgresql-with-a-standby). Empty: a private one is started.",
            "사용할 PostgreSQL(16 이상), `postgresql://…`. [호스트 "
            "여럿](operations.ko.md#예비-서버가-있는-postgresql)도 됩니다. 비우면 내장된 것을 "
            "시작합니다.",
        ),
    ] = ""
    database_owner_url: Annotated[
        str,
        said(
            "The same database for `yemae migrate`, where the role of `YEMAE_DATABASE_URL` owns "
            "nothing; see [roles](operations.md#roles). Empty: `YEMAE_DATABASE_URL`.",
            "`YEMAE_DATABASE_URL`의 역할이 소유자가 아닐 때 `yemae migrate`가 쓰는 같은 "
            "데이터베이스. [역할](operations.ko.md#역할) 참고. 비우면 `YEMAE_DATABASE_URL`.",
        ),
    ] = ""
    valkey_url: Annotated[
        str,
        said(
            "The Valkey (8 or newer) or Redis (7 or newer) to use, `valkey://…` or `redis://…`, "
            "`valkeys://…` or `rediss://…` with TLS. Of a cluster, one address or several: "
            "`valkey://one:6379,two:6379`. With [sentinels](failover.md#valkey-with-sentinels): "
            "`valkey+sentinel://one:26379,two:26379/name-of-the-primary`. Empty: a private one is "
            "started.",
            "사용할 Valkey(8 이상) 또는 Redis(7 이상), `valkey://…`나 `redis://…`, TLS는 "
            "`valkeys://…`나 `rediss://…`. 클러스터는 주소 하나 또는 여럿: "
            "`valkey://one:6379,two:6379`. [Sentinel](failover.ko.md#sentinel을-쓰는-valkey)은 "
            "`valkey+sentinel://one:26379,two:26379/프라이머리-이름`. 비우면 내장된 것을 "
            "시작합니다.",
        ),
    ] = ""
    secret_key: Annotated[
        str,
        said(
            "Signs every token and ticket, 32 characters or more, the same on every node. Empty: "
            "made on the first run and kept in the data folder.",
            "모든 토큰과 티켓에 서명하는 32자 이상의 키. 모든 노드가 같아야 합니다. 비우면 처음 "
            "실행할 때 만들어 데이터 폴더에 둡니다.",
        ),
    ] = ""
    postgres_connections_max: Annotated[
        int,
        Meta(ge=2, le=100),
        said(
            "Connections to PostgreSQL, for each server process.",
            "서버 프로세스마다의 PostgreSQL 연결 수.",
        ),
    ] = 8
    postgres_transaction_timeout_s: Annotated[
        Seconds,
        said(
            "Seconds until a transaction is given up, even if PostgreSQL hangs. A statement may "
            "take 5/8 of it; waiting for a locked row or a connection, a quarter; waiting for the "
            "start of a batch, 3/8, and then the answer is 503.",
            "트랜잭션을 포기하기까지의 시간(초). PostgreSQL이 멈춰도 지킵니다. 문장 하나는 이 "
            "시간의 5/8, 잠긴 행이나 연결을 기다리는 시간은 1/4, 배치의 시작을 기다리는 시간은 "
            "3/8이고 그 뒤에는 503을 답합니다.",
        ),
    ] = 8
    valkey_timeout_s: Annotated[
        Seconds,
        said(
            "Seconds to wait for Valkey or a connection to it, in a cluster and with sentinels "
            "also for a replica to take over.",
            "Valkey의 답이나 연결을 기다리는 시간(초). 클러스터와 Sentinel에서는 복제본이 "
            "넘겨받기를 기다리는 시간이기도 합니다.",
        ),
    ] = 2

    @property
    def postgres_lock_timeout_s(self) -> int:
        """Seconds that a transaction waits for a row that another one has locked."""
        return max(1, self.postgres_transaction_timeout_s // 4)

    @property
    def postgres_connect_timeout_s(self) -> int:
        """Seconds to wait for a connection, from the pool or a new one."""
        return max(1, self.postgres_transaction_timeout_s // 4)


def statement_timeout_s(transaction_timeout_s: int) -> int:
    """Seconds until PostgreSQL ends a statement of a transaction with this limit."""
    return max(1, transaction_timeout_s * 5 // 8)
