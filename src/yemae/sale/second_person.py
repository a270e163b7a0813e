"""두 사람 · A second person: where the setting asks for it, freeing or moving the seats of a paid
order takes two operators.

The call of the first one proposes it: a line in the log, and nothing else. The same call by another
operator within ten minutes confirms it and carries it out; a call with other seats is another
proposal. A proposal is confirmed once, also when what it was for is refused then.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from yemae.concerts import controls
from yemae.orders import orders
from yemae.runtime import Stores
from yemae.sale.cancel import By, Cancelled, CancelWish, cancel_seats
from yemae.sale.decide_moves import Move
from yemae.sale.move import MoveWish, move_order
from yemae.store.queries import Query, load_queries

WITHIN = timedelta(minutes=10)


class _Open(NamedTuple):
    """A proposal as the log has it."""

    id: UUID
    who: str
    at: datetime


class Proposal(NamedTuple):
    """What waits for another operator; `who` proposed it."""

    id: UUID
    order_id: UUID
    who: str
    until: datetime


OPEN_PROPOSAL = Query(load_queries(__file__, "second_person.sql")["open_proposal"], _Open)


async def cancel_by_operator(stores: Stores, by: By, wish: CancelWish) -> Cancelled | Proposal:
    """Cancel a paid order, or propose it. Raises what `cancel_seats` raises."""
    said = {"seats": None if wish.seats is None else list(wish.seats), "takes_fee": by.takes_fee}
    reason = {} if by.reason is None else {"reason": by.reason}
    proposal = await _propose(stores, by.who, wish.order_id, "propose cancel", said, reason)
    return proposal or await cancel_seats(stores, by, wish)


async def move_by_operator(stores: Stores, who: str, wish: MoveWish) -> Move | Proposal:
    """Move an order, or propose it where it is paid. Raises what `move_order` raises."""
    said = {"seats": list(wish.seats), "from_block": wish.from_block, "price": wish.pricing}
    if wish.surcharge == "cash":
        said["surcharge"] = wish.surcharge
    proposal = await _propose(stores, who, wish.order_id, "propose move", said, {})
    return proposal or await move_order(stores, who, wish)


async def _propose(
    stores: Stores,
    who: str,
    order_id: UUID,
    action: str,
    wish: Mapping[str, object],
    reason: Mapping[str, str],
) -> Proposal | None:
    """The proposal that waits for another operator; None: go on."""
    if stores.settings.sale.second_person == "off":
        return None
    async with stores.postgres.transaction() as tx:
        order = await orders.by_id(tx, order_id)
        if order is None or order.status != "paid":
            return None  # A held order may be moved by one, and what is over is refused.
        # Operators of one concert take turns, so that a proposal is confirmed once.
        await controls.take_turn(tx, order.concert_id)
        asked = {
            "concert_id": order.concert_id,
            "order_id": order_id,
            "action": action,
            "wish": msgspec.json.encode(wish).decode(),
            "within_s": WITHIN.total_seconds(),
        }
        found = await (await tx.send(OPEN_PROPOSAL, **asked)).row()
        if found is None:
            details: dict[str, object] = {"order": str(order_id), "wish": wish, **reason}
            await controls.log(tx, stores.new_id(), order.concert_id, who, action, details)
            # With the time that the log gave it.
            found = await (await tx.send(OPEN_PROPOSAL, **asked)).one()
        elif found.who != who:
            details = {"order": str(order_id), "proposal": str(found.id), "proposed_by": found.who}
            await controls.log(tx, stores.new_id(), order.concert_id, who, "confirm", details)
            return None
    return Proposal(found.id, order_id, found.who, found.at + WITHIN)
