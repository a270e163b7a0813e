"""The letter of a message about an account, which has no order."""

from yemae.mail.letters import Letter
from yemae.mail.templates import Templates
from yemae.outbox.messages import OutboxMessage
from yemae.runtime import Runtime
from yemae.sale import password_reset
from yemae.sale.email_confirmation import confirmation_url


def letter_of_account(runtime: Runtime, templates: Templates, message: OutboxMessage) -> Letter:
    """The letter. Raises TemplatesError."""
    assert message.email is not None, "a message without an address has no letter"
    values = {"language": message.language, "url": _url(runtime, message)}
    words = templates.render(message.kind, message.language, values)
    return Letter(str(message.id), message.email, message.language, *words)


def _url(runtime: Runtime, message: OutboxMessage) -> str:
    """What the letter leads to: the link that it brings, or the form that has one sent."""
    if message.kind == "confirm_email":
        return confirmation_url(runtime, message)
    if message.kind == "password_reset":
        return password_reset.reset_url(runtime, message)
    return f"{runtime.settings.origin()}{password_reset.PATH}"
