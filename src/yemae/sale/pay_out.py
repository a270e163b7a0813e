"""환불금 지급 · Pay out: the box office hands out the cash of a refund.

One transaction: the refund, and the line in the log. Its money has left the books with the refund,
so nothing moves here; what matters is that it is handed out once. It locks as every verb does: the
order, then its refund.
"""

from uuid import UUID

from yemae.concerts import controls
from yemae.orders import orders
from yemae.payments import refunds
from yemae.payments.refunds import Refund
from yemae.refusals import InvalidRequest
from yemae.runtime import Stores
from yemae.sale import announcements
from yemae.values.instants import instant


async def pay_out_refund(stores: Stores, who: str, refund_id: UUID) -> Refund:
    """Note that this operator hands out a refund in cash. Raises InvalidRequest for one that is not
    there, that is not in cash, or that was handed out before, also by the same operator."""
    async with stores.postgres.transaction() as tx:
        known = await refunds.by_id(tx, refund_id)
        if known is None:
            raise InvalidRequest.of("refund", "No refund has this id")
        locked = await (await orders.lock_orders(tx, [known.order_id])).one()
        assert locked.order is not None, "a refund without its order"
        refund, now = await refunds.lock(tx, refund_id)
        _require_cash(refund)
        paid = refund._replace(state="settled", settled_at=now, paid_out_by=who)
        await refunds.pay_out(tx, paid)
        await announcements.tell_of_refund(tx, stores, paid)
        concert_id = locked.order.concert_id
        details = {"order": str(paid.order_id), "refund": paid.amount, "id": str(paid.id)}
        await controls.log(tx, stores.new_id(), concert_id, who, "pay out", details)
    return paid


def _require_cash(refund: Refund) -> None:
    """Raises InvalidRequest."""
    if refund.destination != "cash":
        raise InvalidRequest.of("refund", f"goes to the {refund.destination}, not out in cash")
    if refund.settled_at is not None:
        at = instant(refund.settled_at)
        raise InvalidRequest.of("refund", f"was paid out by {refund.paid_out_by} at {at}")
