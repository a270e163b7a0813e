"""The letters of the outbox, for looking at them where none is sent."""

from uuid import UUID

from yemae.jobs.letters_of_orders import letter_of
from yemae.mail.letters import Letter
from yemae.mail.templates import templates_of
from yemae.outbox import messages as outbox
from yemae.outbox.messages import OutboxMessage
from yemae.runtime import Runtime

LISTED = 100


async def latest(runtime: Runtime) -> list[OutboxMessage]:
    """The latest messages, newest first."""
    async with runtime.postgres.transaction() as tx:
        return await outbox.listed(tx, None, LISTED)


async def letter_to_show(runtime: Runtime, message_id: UUID) -> Letter | None:
    """The letter of a message; None: there is none. Raises TemplatesError."""
    async with runtime.postgres.transaction() as tx:
        found = await outbox.listed(tx, None, 1, message_id)
    if not found or found[0].email is None:
        return None
    return await letter_of(runtime, templates_of(runtime.settings), found[0])
