"""Sending over SMTP: one connection, one letter after the other, every step with a time limit."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from yemae.mail.address import SmtpServer
from yemae.mail.errors import MailRefusedError, MailTroubleError

# For each answer of the server, and for a whole letter however slowly it answers.
ANSWER_S = 20.0
LETTER_S = 60.0
PERMANENT = 500


@asynccontextmanager
async def connected(server: SmtpServer, *, answer_s: float = ANSWER_S) -> AsyncIterator["MailLine"]:
    """A connection to the mail server, encrypted and logged in as the settings say. Raises
    MailTroubleError."""
    smtp = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.encryption == "tls",
        start_tls=server.encryption == "starttls",
        username=server.user or None,
        password=server.password or None,
        timeout=answer_s,
    )
    try:
        async with asyncio.timeout(LETTER_S):
            await smtp.connect()
    except (SMTPException, OSError) as error:
        smtp.close()
        raise MailTroubleError(_reason(error)) from error
    try:
        yield MailLine(smtp)
    finally:
        with suppress(SMTPException, OSError):
            async with asyncio.timeout(answer_s):
                await smtp.quit()
        smtp.close()


class MailLine:
    """An open connection to a mail server."""

    def __init__(self, smtp: SMTP) -> None:
        self._smtp = smtp

    async def send(self, message: EmailMessage, sender: str, to: str) -> str:
        """Send a letter to one recipient. Returns what the server said when it took it. Raises
        MailRefusedError, or MailTroubleError, after which the connection may be of no use."""
        options = [] if to.isascii() else ["SMTPUTF8"]
        try:
            async with asyncio.timeout(LETTER_S):
                _, said = await self._smtp.sendmail(
                    sender, to, message.as_bytes(), mail_options=options
                )
        except SMTPRecipientsRefused as error:
            raise _judged(error.recipients[0], to) from error
        except SMTPDataError as error:
            raise _judged(error, to) from error
        except SMTPNotSupported as error:
            raise MailRefusedError(_reason(error, to)) from error
        except (SMTPException, OSError, ValueError) as error:
            raise MailTroubleError(_reason(error, to)) from error
        return _one_line(said)

    @property
    def is_open(self) -> bool:
        """Whether another letter can be sent."""
        return self._smtp.is_connected


def _judged(error: SMTPResponseException, to: str) -> MailTroubleError | MailRefusedError:
    """A refusal of a recipient or of a letter: for ever, or for now."""
    kind = MailRefusedError if error.code >= PERMANENT else MailTroubleError
    return kind(_reason(error, to))


def _reason(error: Exception, to: str = "") -> str:
    """What went wrong, for the outbox and the log, which name no recipient: both outlive an
    account."""
    text = str(error) or type(error).__name__
    if isinstance(error, SMTPResponseException):
        text = f"{error.code} {error.message}"
    if to:
        text = re.sub(re.escape(to), "address", text, flags=re.IGNORECASE)
    return _one_line(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:500]
