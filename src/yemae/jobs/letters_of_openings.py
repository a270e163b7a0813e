"""The letter that a sale opens soon, to an account that asked for it."""

from yemae.jobs.letter_words import moment
from yemae.mail.errors import MailRefusedError
from yemae.mail.letters import Letter
from yemae.mail.templates import Templates
from yemae.outbox import opening_reminders
from yemae.outbox.messages import OutboxMessage
from yemae.runtime import Runtime
from yemae.values.instants import on_clocks
from yemae.values.text import in_language


async def letter_of_opening(
    runtime: Runtime, templates: Templates, message: OutboxMessage
) -> Letter:
    """The letter, of the opening as it is by then. Raises MailRefusedError where the account or the
    concert is gone, or the sale has opened; TemplatesError or StoreUnavailable."""
    async with runtime.postgres.transaction() as tx:
        queue_id = await opening_reminders.queue_of(tx, message.cause)
    queue = None if queue_id is None else runtime.catalogue.queues.get(queue_id)
    if queue is None or queue.archived or message.email is None:
        raise MailRefusedError("the account or the concert is gone")
    if queue.sale_opens_at <= runtime.now():
        raise MailRefusedError("the sale has opened")
    language, zone = message.language, queue.zone
    at = on_clocks(queue.sale_opens_at, zone)
    origin = runtime.settings.origin()
    values = {
        "language": language,
        "concert": in_language(language, queue.title, queue.title_en),
        "venue": in_language(language, queue.venue, queue.venue_en),
        "opens": moment(at, language) + ("" if zone else " UTC"),
        "url": f"{origin}/concerts/{queue.concert_id}" if origin else "",
    }
    words = templates.render(message.kind, language, values)
    return Letter(str(message.id), message.email, language, *words)
