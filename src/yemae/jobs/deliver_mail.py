"""Delivery of the outbox: letters go to the mail server, and none is lost while it is away.

Every jobs process may deliver at once: a message is claimed for a lease, and its end is written
after the mail server has taken it. A process that dies in between leaves it to be sent again with
the same Message-ID. A letter that the server refuses for ever is given up at once; what it does
not take now is tried again, later and later, for three days. In development without a mail server
a message is sent when it can be read at `/dev/mail`.
"""

import asyncio
from contextlib import nullcontext
from datetime import timedelta

import structlog

from yemae.base import metrics
from yemae.jobs.letters_of_orders import letter_of
from yemae.mail.address import SmtpServer, sender, smtp_server
from yemae.mail.errors import MailRefusedError, MailTroubleError, TemplatesError
from yemae.mail.letters import message_of
from yemae.mail.smtp import MailLine, connected
from yemae.mail.templates import Templates, templates_of
from yemae.outbox import messages as outbox
from yemae.outbox.messages import OutboxMessage
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime

INTERVAL_S = 2.0
# Connections to the mail server.
LANES = 4
# Longer than a letter takes, with its connection, to a server that is slow.
LEASE_S = 180
AGAIN_S, AGAIN_MAX_S = 15, 600
GIVE_UP_AFTER = timedelta(days=3)

log = structlog.get_logger(__name__)


async def deliver_mail(runtime: Runtime) -> int:
    """Send what is due. Returns how many were taken by the mail server."""
    if not runtime.settings.tells_fans():
        return 0
    server, templates = smtp_server(runtime.settings), templates_of(runtime.settings)
    try:
        taken = await asyncio.gather(*(_lane(runtime, server, templates) for _ in range(LANES)))
    except StoreUnavailable:
        log.warning("mail not delivered: the database is away")
        return 0
    return sum(taken)


async def _lane(runtime: Runtime, server: SmtpServer | None, templates: Templates) -> int:
    """Send one letter after the other over one connection, until none is due or it breaks."""
    taken, message = 0, await _claim(runtime)
    if message is None:
        return 0
    try:
        async with nullcontext() if server is None else connected(server) as line:
            while message is not None:
                taken += await _send(runtime, line, templates, message)
                message = None
                if line is None or line.is_open:
                    message = await _claim(runtime)
    except MailTroubleError as error:
        # There is no connection: the letter that wanted it waits, and the others stay as they are.
        log.warning("mail server trouble", reason=str(error))
        if message is not None:
            await _put_off(runtime, message, str(error))
    return taken


async def _claim(runtime: Runtime) -> OutboxMessage | None:
    async with runtime.postgres.transaction() as tx:
        due = await outbox.claim(tx, 1, LEASE_S)
    return due[0] if due else None


async def _send(
    runtime: Runtime, line: MailLine | None, templates: Templates, message: OutboxMessage
) -> bool:
    """Send one letter, and write what became of it. Returns whether it was taken."""
    if message.email is None:
        await _end(runtime, message, "given_up", "the account has no address any more")
        return False
    try:
        letter = await letter_of(runtime, templates, message)
        if line is not None:
            of = sender(runtime.settings)
            await line.send(message_of(letter, of, runtime.now()), of.addr_spec, letter.to)
    except MailRefusedError as error:
        await _end(runtime, message, "given_up", str(error))
        return False
    except (MailTroubleError, TemplatesError) as error:
        await _put_off(runtime, message, str(error))
        return False
    except StoreUnavailable:
        raise
    except Exception as error:
        log.exception("letter not written", message=str(message.id))
        await _put_off(runtime, message, f"{type(error).__name__}: {error}")
        return False
    await _end(runtime, message, "sent", None)
    return True


async def _put_off(runtime: Runtime, message: OutboxMessage, error: str) -> None:
    """Try again later, or give up."""
    if runtime.now() - message.created_at > GIVE_UP_AFTER:
        await _end(runtime, message, "given_up", error)
        return
    after_s = min(AGAIN_S * 2 ** min(message.attempts - 1, 10), AGAIN_MAX_S)
    async with runtime.postgres.transaction() as tx:
        await outbox.put_off(tx, message.id, after_s, error)


async def _end(
    runtime: Runtime, message: OutboxMessage, state: outbox.MessageState, error: str | None
) -> None:
    async with runtime.postgres.transaction() as tx:
        await outbox.end(tx, message.id, state, error)
    metrics.MESSAGES.labels(message.kind, state).inc()
    if state == "given_up":
        log.error("message given up", message=str(message.id), kind=message.kind, reason=error)
