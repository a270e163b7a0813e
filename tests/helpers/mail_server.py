"""A real mail server on this machine, in a thread of its own, that misbehaves as a test wishes."""

import asyncio
import email
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "post", "s3cret/&"


class Taken(NamedTuple):
    """A letter that the server has said it took."""

    sender: str
    to: list[str]
    message: EmailMessage

    @property
    def id(self) -> str:
        """Its Message-ID."""
        return str(self.message["Message-ID"])


class Post:
    """What the server does with letters: it takes them, unless a test says otherwise."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        # The answer to a recipient, or to every letter, in place of taking it.
        self.recipients: dict[str, str] = {}
        self.answer = ""
        # Called with each letter before it is taken; what it raises breaks the connection.
        self.before: Callable[[Taken], None] = lambda _: None
        # Called after it was taken, before that is said.
        self.after: Callable[[Taken], None] = lambda _: None
        self.silent = False
        self.connections = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient."""
        if self.silent:
            await asyncio.Event().wait()
        if refusal := self.recipients.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a letter."""
        if self.answer:
            return self.answer
        parsed = email.message_from_bytes(cast("bytes", envelope.content), policy=policy.default)
        taken = Taken(str(envelope.mail_from), list(envelope.rcpt_tos), parsed)
        try:
            self.before(taken)
            self.taken.append(taken)
            self.after(taken)
        except ConnectionError:
            assert server.transport is not None
            cast("asyncio.Transport", server.transport).abort()
        return "250 taken"


class MailServer(NamedTuple):
    """A running server: its address, and what it does."""

    port: int
    post: Post

    def url(self, scheme: str = "smtp+plain", login: str = "") -> str:
        """For YEMAE_SMTP_URL."""
        return f"{scheme}://{login}127.0.0.1:{self.port}"


@contextmanager
def mail_server(
    tls: ssl.SSLContext | None = None, *, needs_login: bool = False, port: int = 0
) -> Iterator[MailServer]:
    """Run a mail server; with a certificate it offers STARTTLS, and may ask for a login."""
    post, started, ports = Post(), threading.Event(), list[int]()
    loop = asyncio.new_event_loop()
    options: dict[str, Any] = {"hostname": "mail.test", "enable_SMTPUTF8": True, "loop": loop}
    if needs_login:
        options |= {"authenticator": _authenticate, "auth_required": True}

    def protocol() -> SMTP:
        post.connections += 1
        return SMTP(post, tls_context=tls, require_starttls=tls is not None, **options)

    def run() -> None:
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(loop.create_server(protocol, "127.0.0.1", port))
        ports.append(server.sockets[0].getsockname()[1])
        started.set()
        loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run, name="mail server")
    thread.start()
    assert started.wait(10)
    try:
        yield MailServer(ports[0], post)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def _authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
) -> AuthResult:
    right = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=given == right, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1: the server's side, and the file that a client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert_file, key_file)
    return context, cert_file
