"""The parent process of `yemae serve`: starts all parts in order, watches them, ends them in order.

Order up: lock the data folder, bind the address, start stores, schema, concerts and server
processes, which then listen. Order down: load balancers are notified, server processes finish their
requests, then the stores end. Always holds: a child that dies is restarted; and the end of this
process, by any cause, ends all of its children (see embedded/children.py).
"""

import asyncio
import os
import shutil
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import structlog

from yemae.accounts.logins.file import read_logins
from yemae.base.logs import configure_logs
from yemae.base.shared_folder import SHARED_FOLDER
from yemae.concerts.files.import_files import load_files, require_currency
from yemae.concerts.presale_codes import seal_all
from yemae.doctor.before_start import require_sound
from yemae.embedded.data_folder import lock_folder, open_folder, run_folder
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.embedded.restored import report_restored
from yemae.embedded.secret_key import KeyWatch, secret_key
from yemae.http.site.page_files import PageError, read_page
from yemae.payments.providers import require_provider
from yemae.phone_tickets.keys import read_phone_ticket_keys
from yemae.schema.migrate import prepare, role
from yemae.serve.address import ServeError, base_url, bind, is_ready
from yemae.serve.announcement import announce
from yemae.serve.caddy import Caddy
from yemae.serve.metrics_folder import make_folder
from yemae.serve.service_manager import READY, STOPPING, Watchdog, notify
from yemae.serve.signals import Signals, StoppedError
from yemae.serve.worker_pool import COMMAND, HEARTBEAT_TIMEOUT_S, JOBS_COMMAND, WorkerPool
from yemae.settings import BUILT_PAGE, Settings, SettingsError, to_environ
from yemae.store.failures import require_valkey
from yemae.store.pooler import require_no_pooler

WATCH_S = 0.25
READY_WAIT_S = 120.0
# A yemae command that holds the folder for a moment is waited for; a server is not.
FOLDER_WAIT_S = 30.0
CADDY_END_S = 5.0
JOBS_END_S = 6.0

log = structlog.get_logger(__name__)


def serve(
    settings: Settings,
    *,
    migrate: bool = False,
    concert_files: Sequence[Path] = (),
    worker_command: Sequence[str] = COMMAND,
    jobs_command: Sequence[str] = JOBS_COMMAND,
    heartbeat_timeout_s: float = HEARTBEAT_TIMEOUT_S,
) -> None:
    """Run the server until SIGTERM or SIGINT.

    Raises ServeError, StoreError, SchemaError, ConcertFileError or SettingsError when it cannot
    run; then everything that it had started has ended.
    """
    configure_logs(settings)
    signals = Signals()
    signals.install()
    try:
        with ExitStack() as stack:
            _run(
                settings,
                signals,
                stack,
                migrate=migrate,
                concert_files=concert_files,
                worker_command=worker_command,
                jobs_command=jobs_command,
                heartbeat_timeout_s=heartbeat_timeout_s,
            )
    except StoppedError:
        pass
    finally:
        signals.restore()


def _run(
    settings: Settings,
    signals: Signals,
    stack: ExitStack,
    *,
    migrate: bool,
    concert_files: Sequence[Path],
    worker_command: Sequence[str],
    jobs_command: Sequence[str],
    heartbeat_timeout_s: float,
) -> None:
    require_provider(settings)
    read_logins(settings)
    read_phone_ticket_keys(settings)
    has_page = _require_page(settings.server.page_dir)
    external = StoreUrls(settings.stores.database_url, settings.stores.valkey_url)
    key, given_key = secret_key(settings), settings.stores.secret_key
    caddy = Caddy(settings) if settings.https.domain else None
    if caddy or not all(external):
        open_folder(settings.stores.data_dir)
        lock = lock_folder(settings.stores.data_dir, "serve", wait_s=FOLDER_WAIT_S)
        stack.callback(lock.release)
    listener = stack.enter_context(bind(settings.server.host, settings.server.port))
    if caddy is not None:
        caddy.bind(stack)
    stores = PrivateStores(settings.stores.data_dir, external=external)
    stopping = Stopping(signals, stores, listener, settings.server.shutdown_grace_s, caddy)
    stack.callback(stopping.run)

    urls = stores.start()
    owner_url = settings.stores.database_owner_url or urls.database_url
    settings = settings.replace(
        database_url=stores.app_url,
        # Server processes don't need it, so an intruder in one does not get it.
        database_owner_url="",
        valkey_url=urls.valkey_url,
        secret_key=key,
    )
    _require_stores(settings, external)
    prepare(owner_url, migrate=migrate, private=not external.database_url)
    warn_of_privileges(settings.stores.database_url)
    asyncio.run(require_currency(settings))
    if sealed := asyncio.run(seal_all(settings)):
        log.info("presale codes sealed", concerts=sealed)
    for loaded in load_files(settings, concert_files) if concert_files else ():
        log.info("concert file loaded", **loaded.logged())
    stopping.metrics = make_folder(None if all(external) else run_folder(settings.stores.data_dir))
    environ = _environ(settings, stopping.metrics)
    workers = WorkerPool(
        settings.server.workers,
        listener.fileno(),
        environ,
        worker_command,
        heartbeat_timeout_s,
    )
    stopping.workers = workers
    _wait_until_ready(workers, stores, listener, signals)
    if not external.database_url:
        report_restored(settings.stores.data_dir)
    url = caddy.start(listener) if caddy else base_url(listener)
    announce(url, settings, external, has_page=has_page)
    # After the sale's processes, so that these are ready no later for it.
    stopping.jobs = jobs = WorkerPool(1, None, environ, jobs_command, heartbeat_timeout_s)
    notify(READY, f"STATUS=Serving {url}")
    stopping.drain_s = settings.server.shutdown_drain_s
    signals.breaks_off = False
    key_watch = None if given_key else KeyWatch(settings.stores.data_dir, key)
    watchdog = Watchdog()
    while not signals.asked:
        signals.wait(WATCH_S)
        _watch(workers, stores, caddy)
        jobs.check()
        watchdog.look(is_well=workers.any_ready)
        if key_watch is not None:
            key_watch.look()


class Stopping:
    """Ends what is below in order; a Ctrl-C meanwhile ends it at once."""

    def __init__(
        self,
        signals: Signals,
        stores: PrivateStores,
        listener: socket.socket,
        grace_s: float,
        caddy: Caddy | None,
    ) -> None:
        self._signals = signals
        self._stores = stores
        self._listener = listener
        self._grace_s = grace_s
        self._caddy = caddy
        # From SIGTERM on, as soon as there is something to drain.
        self.drain_s = 0.0
        self.workers: WorkerPool | None = None
        self.jobs: WorkerPool | None = None
        self.metrics: Path | None = None

    def run(self) -> None:
        """Stop everything; returns when nothing below runs any more."""
        # Ctrl-C is a person in front of it; a service manager or an orchestrator says SIGTERM.
        drain_s = self.drain_s if self._signals.number == signal.SIGTERM else 0.0
        if self._signals.asked:
            log.info("stopping", seconds_at_most=drain_s + self._grace_s)
        notify(STOPPING)
        try:
            self._signals.breaks_off = True
            self._drain(drain_s)
            # A new client is refused instead of waiting without an answer.
            self._listener.close()
            self._end(self._grace_s + 2, 30.0)
        except StoppedError:
            self._listener.close()
            self._end(0.0, 0.0)
        finally:
            self._signals.breaks_off = False
            if self.metrics is not None:
                shutil.rmtree(self.metrics, ignore_errors=True)

    def _drain(self, seconds: float) -> None:
        """Serve on while balancers notice that this node is not ready any more. A server process
        that dies meanwhile is replaced, because fans still come."""
        if self.workers is None or not seconds:
            return
        self.workers.drain()
        deadline = time.monotonic() + seconds
        try:
            while (left := deadline - time.monotonic()) > 0:
                self._signals.wait(min(left, WATCH_S))
                self.workers.check()
        except ServeError as error:
            log.error("drain ended early", reason=str(error))

    def _end(self, workers_s: float, stores_s: float) -> None:
        if self._caddy is not None:
            self._caddy.begin_stop()
        if self.jobs is not None:
            self.jobs.begin_stop()
        if self.workers is not None:
            self.workers.stop(workers_s)
        if self.jobs is not None:
            self.jobs.stop(min(workers_s, JOBS_END_S))
        # With these processes, all that it waited for has ended.
        if self._caddy is not None:
            self._caddy.stop(min(workers_s, CADDY_END_S))
        self._stores.stop(stores_s)


def _require_page(folder: Path) -> bool:
    """Insist on a page that an operator has named. Returns whether there is one: that which comes
    with the server may be missing."""
    try:
        has_page = read_page(folder) is not None
        if not has_page and folder != BUILT_PAGE:
            raise PageError(f"{folder} has no index.html.")
    except PageError as error:
        raise SettingsError(f"YEMAE_PAGE_DIR cannot be used: {error}") from error
    return has_page


def _require_stores(settings: Settings, external: StoreUrls) -> None:
    """Insist on stores that lose nothing; the private ones are set up like that."""
    require_valkey(settings.stores.valkey_url)
    if external.database_url:
        require_no_pooler(settings.stores.database_url)
    require_sound(settings.replace(**external._asdict()))


def warn_of_privileges(database_url: str) -> None:
    """Say so when nothing in the database would keep this server from changing the ledger."""
    found = role(database_url)
    if not found.is_guarded:
        what = "a superuser" if found.is_superuser else "the owner of the tables"
        log.warning(
            "the role of YEMAE_DATABASE_URL could change the ledger and the logs: see Roles in "
            "docs/operations.md",
            role=found.name,
            what=what,
        )


def _environ(settings: Settings, metrics: Path) -> dict[str, str]:
    """Hand the server processes every setting, whether it came by variable or by option."""
    return {**os.environ, SHARED_FOLDER: str(metrics), **to_environ(settings)}


def _watch(workers: WorkerPool, stores: PrivateStores, caddy: Caddy | None) -> None:
    for name in stores.check():
        log.warning("store had ended and was started again", store=name)
    workers.check()
    if caddy is not None and caddy.check():
        log.warning("Caddy had ended and was started again")


def _wait_until_ready(
    workers: WorkerPool, stores: PrivateStores, listener: socket.socket, signals: Signals
) -> None:
    deadline = time.monotonic() + READY_WAIT_S
    said = "nothing yet"
    while time.monotonic() < deadline:
        _watch(workers, stores, None)
        if workers.all_ready:
            ready, said = is_ready(listener)
            if ready:
                return
        signals.wait(0.02)
    raise ServeError(f"The server was not ready after {READY_WAIT_S:.0f} s; it says: {said}")
