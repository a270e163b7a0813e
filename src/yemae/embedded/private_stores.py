"""The private stores: a PostgreSQL and a Valkey of our own, when no others are named.

Always holds: both are the real servers with durable settings; both end when this process ends,
by any cause; and a store that dies alone is restarted and recovers. The caller of PrivateStores
owns the data folder (`lock_folder`); `open_stores` locks it by itself.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

from yemae.embedded.account import store_account
from yemae.embedded.data_folder import (
    FolderBusyError,
    lock_folder,
    make_private,
    open_folder,
    run_folder,
)
from yemae.embedded.postgres_server import PostgresServer
from yemae.embedded.valkey_server import ValkeyServer
from yemae.settings import Settings
from yemae.store.errors import StoreError

# Reading a long log after a crash is slow on a slow disk, and giving up would not speed it up.
READY_WAIT_S = 600.0
POLL_S = 0.01
RESTART_FIRST_S = 0.1
RESTART_MAX_S = 5.0
KILL_WAIT_S = 5.0
# A store that lived this long was well: its next restart is quick again.
WELL_AFTER_S = 30.0
COMMAND_WAIT_S = 60.0
# A store that starts refuses a probe at once; one that hangs lets it time out.
HANGS_AFTER_S = 3.0

Server = PostgresServer | ValkeyServer
# Whether a command cannot do without Valkey, says more with it, or has no use for it.
Use = Literal["needed", "wanted", "unused"]


class StoreUrls(NamedTuple):
    """Where the two stores are; a private database as its owner (see `app_url`)."""

    database_url: str
    valkey_url: str


class Running:
    """A store's process, and when it may be started again."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.process: subprocess.Popen[bytes] | None = None
        self.delay_s = RESTART_FIRST_S
        self.started_at = 0.0
        self.start_after = 0.0
        self.log_offset = 0

    def died(self) -> bool:
        """Whether it was started and is not there any more."""
        return self.process is None or self.process.poll() is not None

    def signal(self, number: int) -> None:
        """Send a signal to a process that was started."""
        if self.process is not None:
            self.process.send_signal(number)

    def ended(self, wait_s: float) -> bool:
        """Whether the process ends within the time."""
        try:
            return self.process is None or self.process.wait(timeout=wait_s) is not None
        except subprocess.TimeoutExpired:
            return False

    def last_words(self) -> str:
        """Why it stopped, with the place to read more."""
        with self.server.log.open("rb") as log:
            log.seek(self.log_offset)
            said = self.server.last_words(log.read().decode(errors="replace"))
        return f"{said.rstrip('.')}. Its log is {self.server.log}."


class PrivateStores:
    """Owns the two child processes. Use it from the main thread (see children.py)."""

    def __init__(
        self,
        data_dir: Path,
        *,
        external: StoreUrls | None = None,
        durable: bool = True,
        shared_buffers_mb: int | None = None,
    ) -> None:
        """Leave a store alone whose URL is in `external`.

        `durable=False` trades safety for speed and is for tests' throw-away data only.
        """
        self.data_dir = data_dir
        self._external = external or StoreUrls("", "")
        self._sockets = run_folder(data_dir)
        # Valkey comes up while PostgreSQL makes its folder.
        self._all: list[Running] = []
        if not self._external.valkey_url:
            self._all.append(Running(ValkeyServer(data_dir, self._sockets, durable=durable)))
        if not self._external.database_url:
            self._all.append(Running(PostgresServer(
                data_dir, self._sockets, durable=durable, shared_buffers_mb=shared_buffers_mb
            )))  # fmt: skip

    @property
    def urls(self) -> StoreUrls:
        """Where the stores are, or will be once started."""
        urls = {running.server.name: running.server.url for running in self._all}
        return StoreUrls(
            urls.get("PostgreSQL", self._external.database_url),
            urls.get("Valkey", self._external.valkey_url),
        )

    @property
    def is_private(self) -> bool:
        """Whether any of the two is ours to start."""
        return bool(self._all)

    @property
    def app_url(self) -> str:
        """The database as the server works on it: with the role that owns nothing, if private."""
        servers = (running.server for running in self._all)
        private = (server.app_url for server in servers if isinstance(server, PostgresServer))
        return next(private, self._external.database_url)

    @property
    def pids(self) -> dict[str, int]:
        """The processes that are alive, by the store's name."""
        return {
            running.server.name: running.process.pid
            for running in self._all
            if running.process is not None and running.process.poll() is None
        }

    def start(self) -> StoreUrls:
        """Start both and wait until both answer. Raises StoreError, and then nothing runs."""
        if not self._all:
            return self.urls
        open_folder(self.data_dir)
        self._account = account = store_account()
        make_private(self._sockets, account.uid, account.gid)
        make_private(self.data_dir / "log", os.geteuid(), os.getegid())
        make_private(self.data_dir / "valkey", account.uid, account.gid)
        try:
            for running in self._all:
                running.server.prepare(self._account)
                running.server.clear_traces()
                self._launch(running)
            for running in self._all:
                self._wait_ready(running)
        except OSError as error:
            self.stop()
            raise StoreError(f"The private stores cannot be started: {error}.") from error
        except BaseException:
            self.stop()
            raise
        return self.urls

    def wait_for_lent(self) -> StoreUrls:
        """Wait until the stores of another process answer, such as a server that just starts.
        Raises StoreError, after one probe for a store that hangs."""
        deadline = time.monotonic() + COMMAND_WAIT_S
        for running in self._all:
            asked_at = time.monotonic()
            while not running.server.is_ready():
                now = time.monotonic()
                if now > deadline or now - asked_at > HANGS_AFTER_S:
                    raise StoreError(
                        f"The server on {self.data_dir} runs, but its {running.server.name} does "
                        "not answer."
                    )
                time.sleep(POLL_S)
                asked_at = time.monotonic()
        return self.urls

    def _launch(self, running: Running) -> None:
        log = running.server.log
        running.log_offset = log.stat().st_size if log.exists() else 0
        running.process = running.server.start(self._account)
        running.started_at = time.monotonic()

    def _wait_ready(self, running: Running) -> None:
        deadline = time.monotonic() + READY_WAIT_S
        while not running.server.is_ready():
            if running.died():
                raise StoreError(f"{running.server.name} did not start: {running.last_words()}")
            if time.monotonic() > deadline:
                raise StoreError(
                    f"{running.server.name} was not ready after {READY_WAIT_S:.0f} s. "
                    f"Its log is {running.server.log}."
                )
            time.sleep(POLL_S)

    def check(self) -> list[str]:
        """Restart what died; returns the names of the stores that were restarted.

        Call it a few times a second. It never waits: a store that died gets a moment, longer each
        time it dies again soon, and a restarted one may still be recovering when this returns.
        """
        restarted = []
        now = time.monotonic()
        for running in self._all:
            if not running.died():
                continue
            if running.start_after <= running.started_at:
                lived_well = now - running.started_at > WELL_AFTER_S
                running.delay_s = RESTART_FIRST_S if lived_well else running.delay_s
                running.start_after = now + running.delay_s
                running.delay_s = min(RESTART_MAX_S, running.delay_s * 2)
            if now >= running.start_after and running.server.clear_traces():
                try:
                    self._launch(running)
                except OSError:  # no memory, no disk: it may be better after the next delay
                    running.started_at = now
                restarted.append(running.server.name)
        return restarted

    def stop(self, grace_s: float = 30.0) -> None:
        """End both cleanly; what has not ended after `grace_s` is killed, which loses nothing."""
        alive = [running for running in self._all if not running.died()]
        for step, wait_s in enumerate((grace_s, KILL_WAIT_S, KILL_WAIT_S)):
            for running in alive:
                running.signal(running.server.ways_to_end[step])
            alive = [running for running in alive if not running.ended(wait_s)]
        for running in self._all:
            running.process = None


class Lent(NamedTuple):
    """The stores that a command works on."""

    urls: StoreUrls
    app_url: str


@contextmanager
def open_stores(settings: Settings, valkey: Use = "needed") -> Iterator[Lent]:
    """Lend the stores to a short command.

    Named ones are taken as they are. For the others, a server that runs on the data folder lends
    its own; without a server they are started for as long as the command takes. Of Valkey no more
    is started or waited for than `valkey` says, so that a command works while it is away.
    """
    external = StoreUrls(settings.stores.database_url, settings.stores.valkey_url)
    whole = PrivateStores(settings.stores.data_dir, external=external)
    # As if it were an external one, which is not probed here.
    spared = PrivateStores(
        settings.stores.data_dir, external=external._replace(valkey_url=whole.urls[1])
    )
    least = whole if valkey == "needed" else spared
    if not least.is_private:
        yield Lent(least.urls, least.app_url)
        return
    open_folder(settings.stores.data_dir)
    try:
        lock = lock_folder(settings.stores.data_dir, "command", wait_s=COMMAND_WAIT_S)
    except FolderBusyError as busy:
        if busy.holder.purpose != "serve":
            raise
        yield Lent(least.wait_for_lent(), least.app_url)
        return
    try:
        with _started(spared if valkey == "unused" else whole, least) as stores:
            yield Lent(stores.urls, stores.app_url)
    finally:
        lock.release()


@contextmanager
def _started(stores: PrivateStores, least: PrivateStores) -> Iterator[PrivateStores]:
    """Start the stores, or those alone that have to be there."""
    try:
        stores.start()
    except StoreError:
        if stores is least:
            raise
        stores = least
        stores.start()
    try:
        yield stores
    finally:
        stores.stop()
