"""What is checked of mail: whether fans get any, and whether the mail server takes us."""

import asyncio

from yemae.doctor.findings import Finding, found
from yemae.mail.address import smtp_server
from yemae.mail.errors import MailTroubleError
from yemae.settings import Settings, SettingsError

ANSWER_S = 5.0


def check_mail_settings(settings: Settings) -> Finding:
    """Whether mail is sent, as far as the settings say; no server is asked."""
    try:
        server = smtp_server(settings)
    except SettingsError as error:
        return found("mail.bad", sentence=str(error))
    if settings.accounts.sign_up == "confirmed" and not (
        settings.tells_fans() and settings.origin()
    ):
        return found("mail.no_confirmation")
    if server is not None:
        if not settings.origin():
            return found("mail.no_links")
        return found("mail.set", host=server.host, port=server.port)
    if settings.server.mode == "production":
        return found("mail.none")
    return found("mail.development")


def check_mail(settings: Settings) -> Finding:
    """The same, and whether the mail server lets us in. No mail is sent."""
    finding = check_mail_settings(settings)
    if finding.reason not in ("set", "no_links"):
        return finding
    try:
        asyncio.run(_ask(settings))
    except MailTroubleError as error:
        return found("mail.unreachable", reason=str(error).rstrip("."))
    return finding


async def _ask(settings: Settings) -> None:
    # Only here: its library takes a while to import.
    from yemae.mail.smtp import connected  # noqa: PLC0415

    server = smtp_server(settings)
    assert server is not None
    async with connected(server, answer_s=ANSWER_S):
        pass
