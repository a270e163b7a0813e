"""The mail server and the sender, as the settings name them. Pure."""

from email.headerregistry import Address
from email.utils import getaddresses
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from yemae.settings import Settings, SettingsError

Encryption = Literal["starttls", "tls", "none"]
PORTS: dict[Encryption, int] = {"starttls": 587, "tls": 465, "none": 25}
SCHEMES: dict[str, Encryption] = {"smtp": "starttls", "smtps": "tls", "smtp+plain": "none"}
EXPECTED = "expected smtp://, smtps:// or smtp+plain://, then USER:PASSWORD@HOST:PORT"


class SmtpServer(NamedTuple):
    """A mail server. Without a user there is no login."""

    host: str
    port: int
    encryption: Encryption
    user: str = ""
    password: str = ""


def smtp_server(settings: Settings) -> SmtpServer | None:
    """The mail server; None: no mail is sent. Raises SettingsError, which never has the URL in it,
    because that has the password."""
    url = settings.mail.smtp_url
    if not url:
        return None
    try:
        parts = urlsplit(url)
        encryption, port = SCHEMES.get(parts.scheme), parts.port
    except ValueError:
        raise SettingsError(f"YEMAE_SMTP_URL cannot be used: {EXPECTED}.") from None
    if encryption is None or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingsError(f"YEMAE_SMTP_URL cannot be used: {EXPECTED}.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if encryption == "none" and user:
        raise SettingsError(
            "YEMAE_SMTP_URL cannot be used: smtp+plain:// would send the password unencrypted."
        )
    sender(settings)
    return SmtpServer(parts.hostname, port or PORTS[encryption], encryption, user, password)


def sender(settings: Settings) -> Address:
    """The sender. Raises SettingsError where it is missing or no address."""
    said = settings.mail.mail_from
    name, address = [*getaddresses([said] if said.isprintable() else []), ("", "")][0]
    try:
        found = Address(name, addr_spec=address)
    except (ValueError, IndexError):
        found = Address()
    # One address, and nothing after it.
    is_whole = said.endswith((address, f"<{address}>"))
    if not (is_whole and found.username and found.domain and address.isascii()):
        raise SettingsError(
            "YEMAE_MAIL_FROM cannot be used: expected a sender such as "
            "`Tickets <tickets@example.com>`."
        )
    return found


def sender_of_development(settings: Settings) -> Address:
    """The same, or one that stands in for it where no mail leaves this machine."""
    if settings.mail.mail_from:
        return sender(settings)
    return Address("Yemae", "tickets", "localhost")
