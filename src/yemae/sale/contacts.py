"""연락처 · Where a fan wants to hear of an order, and whether they have to say."""

from yemae.accounts import users
from yemae.outbox.messages import Contact
from yemae.refusals import InvalidRequest
from yemae.runtime import Runtime

NO_ADDRESS = "required: without an account there is no other address to send the tickets to"


async def require_address(runtime: Runtime, user_id: str, contact: Contact | None) -> None:
    """Refuse a payment of which no mail could say anything, where the operator wants one. Raises
    InvalidRequest."""
    if not runtime.settings.needs_guest_email() or (contact is not None and contact.email):
        return
    async with runtime.postgres.transaction() as tx:
        user = await users.by_id(tx, user_id)
    if user is None or user.email is None:
        raise InvalidRequest.of("email", NO_ADDRESS)
