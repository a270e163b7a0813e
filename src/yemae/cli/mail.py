"""`yemae mail`: whether the mail server takes our mail."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import uuid4

import typer

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.screen import write_line
from yemae.mail.address import SmtpServer, sender, smtp_server
from yemae.mail.letters import Letter, message_of
from yemae.settings import Settings, read_settings

ADDRESS_MAX_CHARS = 254

app = typer.Typer(name="mail", help="Send a test mail.")


@app.callback()
def mail() -> None:
    """Send a test mail."""


@app.command(
    "test",
    epilog=examples(
        "yemae mail test ann@example.com", "yemae mail test ann@example.com --language ko"
    ),
)
def send_test(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Who gets it.")],
    *,
    language: Annotated[Literal["en", "ko"], typer.Option(help="Of its words.")] = "en",
) -> None:
    """Send a test mail through YEMAE_SMTP_URL, and say what the mail server answers.

    Needs no stores and no running server.
    """
    settings = read_settings()
    server = smtp_server(settings)
    if server is None:
        raise InputError("YEMAE_SMTP_URL is not set, so no mail is sent.")
    said = asyncio.run(_send(settings, server, mail_address(address), language))
    write_line(f"{server.host} has taken the mail: {said}")


def mail_address(text: str) -> str:
    """An address as it was typed. Raises InputError."""
    is_short = len(text) <= ADDRESS_MAX_CHARS
    if not (is_short and text.isprintable() and " " not in text and all(text.partition("@"))):
        raise InputError(f"{text!r} is no e-mail address.")
    return text


async def _send(settings: Settings, server: SmtpServer, address: str, language: str) -> str:
    # Only here: these libraries take a while to import.
    from yemae.mail.smtp import connected  # noqa: PLC0415
    from yemae.mail.templates import templates_of  # noqa: PLC0415

    values = {"language": language, "url": settings.origin()}
    words = templates_of(settings).render("test", language, values)
    letter = Letter(str(uuid4()), address, language, *words)
    of = sender(settings)
    async with connected(server) as line:
        message = message_of(letter, of, datetime.now(UTC))
        return await line.send(message, of.addr_spec, address)
