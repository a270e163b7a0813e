"""The letter of a message about an account, which has no order."""

from yemae.mail.letters import Letter
from yemae.mail.templates import Templates
from yemae.outbox.messages import OutboxMessage
from yemae.runtime import Runtime
from yemae.sale.password_reset import reset_url


def letter_of_account(runtime: Runtime, templates: Templates, message: OutboxMessage) -> Letter:
    """The letter. Raises TemplatesError."""
    assert message.email is not None, "a message without an address has no letter"
    values = {"language": message.language, "url": reset_url(runtime, message)}
    words = templates.render(message.kind, message.language, values)
    return Letter(str(message.id), message.email, message.language, *words)
