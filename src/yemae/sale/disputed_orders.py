"""An order whose payment is disputed gives no money back: the bank may give it to the cardholder,
and the fan would have it twice."""

from uuid import UUID

from yemae.payments import disputes
from yemae.refusals import OrderDisputed
from yemae.store.postgres import Transaction


async def require_no_open_dispute(tx: Transaction, order_id: UUID) -> None:
    """Raises OrderDisputed while a dispute of the order is open."""
    if (await disputes.look(tx, order_id)).is_open:
        raise OrderDisputed
