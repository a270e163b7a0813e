"""The jobs process: what follows commits and has to ask others, apart from the sale.

`yemae.serve.worker_pool` starts it as `python -m yemae.jobs.process <pipe>`, one for each `yemae
serve`, with every setting in the environment. A job's rows are its queue: each job takes rows that
are due, and any number of these processes may do so at once. So a process that dies leaves its rows
to the next one, and a payment provider that hangs holds up none of the sale's processes. It writes
a byte to the pipe when it is ready, and then one every second; it ends after SIGTERM.
"""

import asyncio
import faulthandler
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import wraps

from yemae.base import metrics
from yemae.base.logs import configure_logs
from yemae.embedded.account import give_up_root
from yemae.jobs import (
    check_books,
    deliver_mail,
    deliver_webhooks,
    keep_history,
    look_at_disputes,
    look_up_checkouts,
    merged_money,
    note_openings,
    refund_runs,
    remind_of_openings,
    send_pushes,
    send_refunds,
    send_tallies,
)
from yemae.jobs.deliver_webhooks import Deliverer
from yemae.jobs.keep_history import HistoryKeeper
from yemae.jobs.scheduler import Job, Pause, every, repeating
from yemae.jobs.send_pushes import PushSender
from yemae.reconcile import last
from yemae.runtime import Runtime, open_runtime
from yemae.settings import Settings, read_settings
from yemae.settings.stores import JOBS_CONNECTIONS_MAX

HEARTBEAT_S = 1.0


async def run_jobs(settings: Settings, beat: Callable[[], None], ending: asyncio.Event) -> None:
    """Run the jobs until the end is asked for; `beat` is called every second meanwhile."""
    # The check of the books has one of its own.
    few = min(JOBS_CONNECTIONS_MAX - last.CONNECTIONS, settings.stores.postgres_connections_max)
    few_connections = settings.replace(postgres_connections_max=few)
    async with (
        open_runtime(few_connections) as runtime,
        Deliverer(settings) as deliverer,
        PushSender(settings) as pusher,
        repeating(runtime, _jobs(deliverer, pusher)),
    ):
        while not ending.is_set():
            beat()
            with suppress(TimeoutError):
                await asyncio.wait_for(ending.wait(), HEARTBEAT_S)


def _jobs(deliverer: Deliverer, pusher: PushSender) -> dict[Job, Pause]:
    return {
        _noted(look_up_checkouts.look_up_checkouts): every(look_up_checkouts.INTERVAL_S),
        _noted(look_at_disputes.look_at_disputes): every(look_at_disputes.INTERVAL_S),
        _noted(refund_runs.run_refunds): every(refund_runs.INTERVAL_S),
        _noted(deliver_mail.deliver_mail): every(deliver_mail.INTERVAL_S),
        _noted(send_refunds.send_refunds): every(send_refunds.INTERVAL_S),
        _noted(merged_money.move_merged_money): every(merged_money.INTERVAL_S),
        _noted(note_openings.note_openings): every(note_openings.INTERVAL_S),
        _noted(remind_of_openings.remind_of_openings): every(remind_of_openings.INTERVAL_S),
        _noted(deliverer.deliver_webhooks): every(deliver_webhooks.INTERVAL_S),
        _noted(pusher.send_pushes): every(send_pushes.INTERVAL_S),
        _noted(HistoryKeeper().keep_history): every(keep_history.INTERVAL_S),
        _noted(check_books.check_books): every(check_books.INTERVAL_S),
        # Settled checkouts are paid orders as well.
        send_tallies.send_tallies: every(send_tallies.INTERVAL_S),
    }


def _noted(job: Callable[[Runtime], Awaitable[object]]) -> Job:
    """A job that leaves the time of its last run in the metrics."""

    @wraps(job)
    async def run(runtime: Runtime) -> None:
        await job(runtime)
        metrics.JOBS_LAST_RUN.labels(job.__name__).set(time.time())

    return run


def main(pipe: int) -> None:
    """Run until SIGTERM."""
    faulthandler.register(signal.SIGUSR2)
    settings = read_settings()
    configure_logs(settings)
    give_up_root()
    asyncio.run(_main(settings, pipe))


async def _main(settings: Settings, pipe: int) -> None:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)

    def beat() -> None:
        # The pipe is full when the parent stands still, and closed when it is about to end us.
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(pipe, b".")

    await run_jobs(settings, beat, ending)


if __name__ == "__main__":
    main(int(sys.argv[1]))
