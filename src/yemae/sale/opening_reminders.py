"""예매 알림 메일 · A fan asks for a mail before a sale opens: the day before, once for each queue.

It goes to the address of the account, so no one has mails sent to another. A fan takes it back as
long as it was not sent.
"""

from yemae.outbox import opening_reminders
from yemae.outbox.messages import Language
from yemae.refusals import ConcertNotFound, InvalidRequest, NotFound
from yemae.runtime import Runtime

WAITING_MAX = 20
TOO_MANY = f"this account waits for {WAITING_MAX} reminders already"
NO_ADDRESS = "is for accounts with an e-mail address"
SENT = "its mail was sent already"
OPENED = "its sale has opened"


async def ask(runtime: Runtime, user_id: str, queue_id: str, language: Language) -> None:
    """Remind an account of the opening of a queue. Raises NotFound on a server that sends no mail,
    ConcertNotFound or InvalidRequest."""
    if not runtime.settings.tells_fans() or not runtime.settings.origin():
        raise NotFound
    queue = runtime.catalogue.queues.get(queue_id)
    if queue is None or queue.archived:
        raise ConcertNotFound
    if queue.sale_opens_at <= runtime.now():
        raise InvalidRequest.of("concert_id", OPENED)
    async with runtime.postgres.transaction() as tx:
        asked = await opening_reminders.ask(
            tx, runtime.new_id(), user_id, queue_id, language, WAITING_MAX
        )
    if not asked.has_address:
        raise InvalidRequest.of("email", NO_ADDRESS)
    if asked.was_sent:
        raise InvalidRequest.of("concert_id", SENT)
    if not asked.is_asked:
        raise InvalidRequest.of("concert_id", TOO_MANY)


async def of_user(runtime: Runtime, user_id: str) -> list[str]:
    """The queues that an account is to be reminded of."""
    async with runtime.postgres.transaction() as tx:
        return await opening_reminders.of_user(tx, user_id)


async def take_back(runtime: Runtime, user_id: str, queue_id: str) -> None:
    """Remind the account of this opening no more. Raises ConcertNotFound."""
    runtime.catalogue.queue(queue_id)
    async with runtime.postgres.transaction() as tx:
        await opening_reminders.drop(tx, user_id, queue_id)
